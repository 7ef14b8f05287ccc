import { createRoute, z } from '@hono/zod-openapi'
import { AppError } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals, retellSpendingRefusal } from '../router.ts'
import { wholeConversation } from './whole-conversation.ts'

export const conversationSchema = z.record(z.string(), z.unknown()).openapi('Conversation')

type Deps = Pick<HttpDeps, 'getRetellObject' | 'currentAnalysis' | 'listCorrections' | 'rerunConversation'>

/** @see reference/retell.md 2.1; retell-sdk 5.66.1, resources/call.ts and chat.ts */
export function conversationRoutes(deps: Deps, kind: 'call' | 'chat') {
  const params = z.object({ id: z.string().min(1) })
  const get = createRoute({
    method: 'get',
    path: kind === 'call' ? '/v2/get-call/{id}' : '/get-chat/{id}',
    summary: `One ${kind}, with the analysis that counts now`,
    request: { params },
    responses: { 200: answers(`the ${kind}`, conversationSchema), ...retellRefusals },
  })
  const rerun = createRoute({
    method: 'put',
    path: kind === 'call' ? '/rerun-call-analysis/{id}' : '/rerun-chat-analysis/{id}',
    summary: `Analyses one ${kind} again, with the newest draft of its agent; answers when it is done`,
    request: { params },
    responses: {
      201: answers(`the ${kind} with its new analysis`, conversationSchema),
      ...retellRefusals,
      ...retellSpendingRefusal,
    },
  })
  return createRouter()
    .openapi(get, async (c) => c.json(await wholeConversation(deps, kind, c.req.valid('param').id), 200))
    .openapi(rerun, async (c) => {
      const { id } = c.req.valid('param')
      await wholeConversation(deps, kind, id)
      const reason = `PUT ${rerun.path}`
      const { outcome, reason: why } = await deps.rerunConversation({
        conversationId: id,
        actor: c.get('actor'),
        reason,
      })
      if (outcome === 'skipped') throw nothingToAnalyse(id, why)
      if (outcome !== 'ok') throw noAnswer(id, outcome, why)
      return c.json(await wholeConversation(deps, kind, id), 201)
    })
}

function nothingToAnalyse(id: string, why = 'nothing was said'): AppError {
  return new AppError('analysis.skipped', 'skip', `there is nothing to analyse in ${id}: ${why}`, { status: 422 })
}

/** Nothing has changed: the analysis before stays. Not to be repeated without a change, so not "retry". */
function noAnswer(id: string, outcome: string, why?: string): AppError {
  const message = `the analysis of ${id} ended ${[outcome, why].filter(Boolean).join(': ')}; the one before stands`
  return new AppError(`analysis.${outcome}`, 'skip', message, { status: 502 })
}
