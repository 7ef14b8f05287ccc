import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { itemsInFile } from '../../src/agents/index.ts'
import { requestFor } from '../../src/analysis/ask.ts'
import type { Question } from '../../src/analysis/prepare.ts'
import { valueForm } from '../../src/analysis/value-form.ts'
import { profileOf, shippedPrices } from '../../src/model/index.ts'
import { wireRequest } from '../../src/model/wire.ts'
import { sampleAgents, sampleConversations } from '../../src/sandbox/samples/index.ts'
import type { World } from '../support/open-world.ts'
import type { Figure } from './figures.ts'
import { conversationsOf, newRun, prepareBatch } from './questions.ts'

const openAi = profileOf({ url: 'https://api.openai.com/v1', apiKey: null, models: {}, isSandbox: false })
const sharedFolder = process.env.AFTERWORD_CONVERSATIONS ?? path.join(import.meta.dirname, '../../../shared/data')

/**
 * What is sent as a prompt beside the least that could be, over the sample conversations and, where they are there, the shared ones.
 *
 * Sent: the text of every message, and the schema of the answer, which is billed as input. The least: the rules once, every text of an
 * item once (name, prompt, form, examples, condition), the schema without any of them (keys, types and choices: what strict structured
 * output asks for whoever writes it), and the lines of the conversation. So a text that is sent twice shows, and so do marks, labels and
 * escapes. What the schema itself takes stands beside it.
 */
export async function measurePromptBytes(world: World): Promise<Figure[]> {
  const agentIds = await takeConversations(world)
  const runId = await newRun(world)
  const total = { sent: 0, least: 0, structure: 0, items: 0, conversations: 0 }
  for (const batch of await conversationsOf(world, agentIds)) {
    for (const question of await prepareBatch(world, batch, runId)) {
      const structure = structureBytes(question)
      total.sent += sentBytes(question)
      total.least += leastBytes(question) + structure
      total.structure += structure
      total.items += question.compiled.items.length
      total.conversations += 1
    }
  }
  const of = `of ${total.conversations} conversations`
  const perItem = total.structure / total.items
  return [
    {
      name: `prompt bytes ${of}, beside rules, items and transcript once each`,
      median: total.sent / total.least,
      baseline: 1,
      bar: 1.05,
      unit: 'of the least',
      better: 'lower',
    },
    {
      name: `schema of the answer without its texts ${of} (a share ${(total.structure / total.sent).toFixed(2)} of what is sent)`,
      median: perItem,
      baseline: perItem,
      bar: 490,
      unit: 'bytes an item',
      better: 'lower',
    },
  ]
}

/** Returns their agents. */
async function takeConversations({ useCases, actor }: World): Promise<string[]> {
  const files: object[] = [sampleAgents]
  const lines = sampleConversations.map((each) => JSON.stringify(each))
  await useCases.importConversations({ lines, actor, reason: 'bench', analyse: false })
  const shared = (name: string) => path.join(sharedFolder, name)
  if (existsSync(shared('agents.json'))) {
    files.push(JSON.parse(readFileSync(shared('agents.json'), 'utf8')))
    for (const name of ['star-calls.jsonl', 'star-chats.jsonl'])
      lines.push(...readFileSync(shared(name), 'utf8').trim().split('\n'))
  }
  for (const file of files) await useCases.importAgents({ file, actor })
  await useCases.importConversations({ lines, actor, reason: 'bench', analyse: false })
  return files.flatMap(itemsInFile).map(({ agentId }) => agentId)
}

/** As OpenAI is asked. To servers that do not show the schema to the model the same text goes in a message, and is billed there. */
function sentBytes(question: Question): number {
  const { messages, response_format: format } = wireRequest(
    { profile: openAi, prices: shippedPrices },
    requestFor(question),
    openAi.format,
  )
  const texts = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : (content ?? []).map((part) => ('text' in part ? part.text : '')),
  )
  const schema = format?.type === 'json_schema' ? JSON.stringify(format.json_schema.schema) : ''
  return [...texts, schema].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}

function leastBytes({ compiled, rendered }: Question): number {
  const texts = compiled.items.flatMap((item) => [
    ...[item.name, item.prompt, valueForm(item) ?? '', item.condition ?? ''],
    ...item.examples,
  ])
  return [compiled.instructions, rendered, ...texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}

function structureBytes({ compiled }: Question): number {
  const withoutTexts = (key: string, value: unknown) => (key === 'description' ? undefined : value)
  return Buffer.byteLength(JSON.stringify(compiled.schema, withoutTexts))
}
