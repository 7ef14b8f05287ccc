import { createRoute, z } from '@hono/zod-openapi'
import { storageSettings } from '../../agents/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals, takes } from '../router.ts'
import { conversationSchema } from './conversation-routes.ts'
import { wholeConversation } from './whole-conversation.ts'

const shared = {
  metadata: z
    .record(z.string(), z.unknown())
    .nullish()
    .openapi({ description: 'in place of what there is; at most 50 kB' }),
  custom_attributes: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .openapi({ description: 'each is set; those that are not named stay' }),
}

const updates = {
  call: z.strictObject({
    ...shared,
    data_storage_setting: z
      .enum(storageSettings)
      .optional()
      .openapi({ description: 'never less restrictive than it is; basic_attributes_only removes the transcript' }),
  }),
  chat: z.strictObject({
    ...shared,
    data_storage_setting: z
      .enum(['everything', 'basic_attributes_only'])
      .optional()
      .openapi({ description: 'never less restrictive than it is; basic_attributes_only removes the transcript' }),
    override_dynamic_variables: z
      .record(z.string(), z.string())
      .nullish()
      .openapi({ description: 'each is laid over the variable of its name; null takes all of them away' }),
  }),
}

type Deps = Pick<
  HttpDeps,
  'getRetellObject' | 'currentAnalysis' | 'listCorrections' | 'updateConversation' | 'deleteConversation'
>

/** @see retell-sdk 5.66.1, resources/call.ts and chat.ts */
export function conversationEdits(deps: Deps, kind: 'call' | 'chat') {
  const params = z.object({ id: z.string().min(1) })
  const [update, remove] =
    kind === 'call' ? ['/v2/update-call/{id}', '/v2/delete-call/{id}'] : ['/update-chat/{id}', '/delete-chat/{id}']
  const patch = createRoute({
    method: 'patch',
    path: update,
    summary: `Sets metadata, custom attributes and the storage setting of a ${kind}`,
    request: { params, body: takes(kind === 'call' ? updates.call : updates.chat) },
    responses: { 200: answers(`the ${kind} as it is now`, conversationSchema), ...retellRefusals },
  })
  const del = createRoute({
    method: 'delete',
    path: remove,
    summary: `Withdraws what a ${kind} says and removes it; the undo of its run brings it back until the grace ends`,
    request: { params },
    responses: { 204: { description: 'deleted, now or before' }, ...retellRefusals },
  })
  return createRouter()
    .openapi(patch, async (c) => {
      const { id } = c.req.valid('param')
      const given = c.req.valid('json')
      await deps.updateConversation({ id, kind, actor: c.get('actor'), update: toUpdate(given) })
      return c.json(await wholeConversation(deps, kind, id), 200)
    })
    .openapi(del, async (c) => {
      const { id } = c.req.valid('param')
      await deps.deleteConversation({ id, kind, actor: c.get('actor'), reason: `DELETE ${remove}` })
      return c.body(null, 204)
    })
}

type Given = z.infer<typeof updates.call> | z.infer<typeof updates.chat>

function toUpdate(given: Given) {
  return {
    metadata: given.metadata,
    customAttributes: given.custom_attributes,
    storageSetting: given.data_storage_setting,
    overrideVariables: 'override_dynamic_variables' in given ? given.override_dynamic_variables : undefined,
  }
}
