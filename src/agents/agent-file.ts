import { z } from 'zod'
import type { ConversationKind } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { configFromRetell } from './config-from-retell.ts'
import type { Item } from './items.ts'
import { defaultConfig } from './presets.ts'

const agentSchema = z.looseObject({
  agent_id: z.string().min(1).max(200),
  version: z.int().min(0),
  base_version: z.int().min(0).nullish(),
  is_published: z.boolean().optional(),
})
export type RetellAgent = z.infer<typeof agentSchema>

const fileSchema = z.object({
  agents: z.array(agentSchema).default([]),
  chat_agents: z.array(agentSchema).default([]),
})

/** What an agent, or one version of it, extracts: the built-in items and its own. */
export type AgentItems = { agentId: string; kind: ConversationKind; items: Item[] }

/**
 * The agents of a file in the source product's shape, `{ agents: [...], chat_agents: [...] }`. Throws `agent.file_invalid` (400)
 * with every mistake.
 */
export function agentsInFile(file: unknown): { kind: ConversationKind; agent: RetellAgent }[] {
  const parsed = fileSchema.safeParse(file)
  if (!parsed.success) throw fileInvalid(parsed.error.issues)
  return [
    ...parsed.data.agents.map((agent) => ({ kind: 'call' as const, agent })),
    ...parsed.data.chat_agents.map((agent) => ({ kind: 'chat' as const, agent })),
  ]
}

/** The items of the agents of such a file. Throws `agent.file_invalid` and `agent.config_invalid` (400). */
export function itemsInFile(file: unknown): AgentItems[] {
  return agentsInFile(file).map(({ kind, agent }) => {
    const agentId = agent.agent_id
    return { agentId, kind, items: configFromRetell({ id: agentId, kind }, agent, defaultConfig(kind)).items }
  })
}

function fileInvalid(issues: z.core.$ZodIssue[]): AppError {
  const problems = issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
  return new AppError('agent.file_invalid', 'skip', `the agents cannot be read: ${problems.join('; ')}`, {
    status: 400,
    facts: { problems },
  })
}
