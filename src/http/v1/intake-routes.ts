import { createRoute, z } from '@hono/zod-openapi'
import { type ImportReport, plainSchema } from '../../conversations/index.ts'
import { AppError } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'
import { isJson, parseJson } from '../read-json.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { readLines } from './read-lines.ts'

const reportSchema = z
  .object({
    run_id: z.number().nullable(),
    lines: z.number(),
    stored: z.number(),
    changed: z.number(),
    unchanged: z.number(),
    dropped: z.number(),
    problem_count: z.number(),
    problems: z.array(z.object({ line: z.number(), message: z.string() })),
  })
  .openapi('ImportReport')

const retellSchema = z
  .union([z.looseObject({ call_id: z.string() }), z.looseObject({ chat_id: z.string() })])
  .openapi('RetellCallOrChat', { description: 'an object as the Retell API gives it' })
// Made anew: what was made before this door was loaded cannot be named in its description.
const ownSchema = z
  .strictObject(plainSchema.shape)
  .openapi('PlainConversation', { description: 'a conversation of any platform' })
const objectSchema = z.union([retellSchema, ownSchema])

const intake = createRoute({
  method: 'post',
  path: '/v1/conversations',
  summary:
    'Takes in calls and chats, of Retell or of any platform: JSON Lines of any length, or a JSON array of up to 16 MiB',
  request: {
    query: z.object({
      analyse: z.enum(['true', 'false']).default('false'),
      use_vendor_analysis: z
        .enum(['true', 'false'])
        .default('false')
        .openapi({ description: 'what the vendor has found counts, in place of a model call, until a rerun' }),
      live: z.enum(['true', 'false']).default('false').openapi({
        description: 'they have just ended: the setting of each agent says who analyses them, not the two above',
      }),
    }),
    body: { required: true, content: { 'application/x-ndjson': { schema: objectSchema } } },
  },
  responses: { 200: answers('what became of each line', reportSchema), ...refusals },
})

/** To be mounted before bodies are read: lines are taken in as they arrive, however many there are. */
export function intakeRoutes(deps: Pick<HttpDeps, 'importConversations'>) {
  return createRouter().openapi(intake, async (c) => {
    const report = await deps.importConversations({
      lines: isJson(c.req.header('content-type')) ? linesOf(parseJson(await c.req.text())) : readLines(c.req.raw.body),
      actor: c.get('actor'),
      reason: `POST ${intake.path}`,
      analyse: c.req.valid('query').analyse === 'true',
      useVendors: c.req.valid('query').use_vendor_analysis === 'true',
      live: c.req.valid('query').live === 'true',
    })
    if (report.lines > 0 && report.problemCount === report.lines) throw nothingUsable(report)
    return c.json(toJson(report), 200)
  })
}

function linesOf(body: unknown): string[] {
  return (Array.isArray(body) ? body : [body]).map((entry) => JSON.stringify(entry))
}

function nothingUsable({ problems }: ImportReport): AppError {
  const told = problems.slice(0, 10).map(({ line, message }) => `line ${line}: ${message}`)
  return new AppError('request.invalid', 'skip', told.join('; '), { status: 400, facts: { problems: told } })
}

function toJson(report: ImportReport): z.infer<typeof reportSchema> {
  const { lines, stored, changed, unchanged, dropped, problems } = report
  return {
    run_id: report.runId,
    lines,
    stored,
    changed,
    unchanged,
    dropped,
    problem_count: report.problemCount,
    problems,
  }
}
