import type { Conversation, Turn } from '../conversations/index.ts'
import { clean } from './clean.ts'
import { isSpoken, textOf, variableText } from './turn-text.ts'

/** A tool can answer with megabytes; what people say is never cut. */
const maxToolChars = 2000

const toolLabels = new Map([
  ['tool_call_invocation', 'tool_call'],
  ['tool_call_result', 'tool_result'],
])

/**
 * A conversation as the model reads it: what is known about it, then one line per turn, numbered from 1. Every text is
 * JSON-escaped on its line, so that no turn can forge another. Carries nothing that changes between two renderings: it is
 * part of the request hash. `variables` names those that prompts ask for. Pure.
 */
export function renderConversation(conversation: Conversation, turns: Turn[], variables: string[] = []): string {
  const about = [
    `kind: ${conversation.kind}`,
    conversation.startedAt && `started: ${moment(conversation.startedAt)}`,
    conversation.durationMs !== null && `duration: ${clock(conversation.durationMs)}`,
    conversation.direction && `direction: ${conversation.direction}`,
    conversation.disconnectionReason && `disconnection reason: ${quoted(clean(conversation.disconnectionReason))}`,
    ...variables
      .filter((name) => Object.hasOwn(conversation.variables, name))
      .map((name) => `variable ${name}: ${quoted(clean(variableText(conversation.variables[name])))}`),
  ].filter((line) => typeof line === 'string')
  const lines = turns.map((turn, index) => turnLine(turn, index + 1, conversation.startedAt))
  return [...about, '', ...lines].join('\n')
}

/** A rendering between two lines of the same random mark, which nobody in the conversation can know. */
export function framed(rendered: string, mark: string): string {
  return `--- conversation ${mark}\n${rendered}\n--- end of conversation ${mark}\n`
}

function turnLine(turn: Turn, number: number, startedAt: Date | null): string {
  const offsetMs = turn.at === null || startedAt === null ? -1 : turn.at - startedAt.getTime()
  const time = offsetMs < 0 ? '' : ` ${clock(offsetMs)}`
  const label = toolLabels.get(turn.role) ?? word(turn.role)
  const name = turn.name === undefined ? '' : ` ${word(turn.name)}`
  return `[${number}]${time} ${label}${name}: ${quoted(isSpoken(turn) ? textOf(turn) : capped(textOf(turn)))}`
}

function capped(text: string): string {
  if (text.length <= maxToolChars) return text
  return `${text.slice(0, maxToolChars).toWellFormed()} [… ${text.length - maxToolChars} more characters left out]`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A role or a tool's name as one harmless word. */
function word(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '_').slice(0, 100) || 'unknown'
}

// Not asked of Intl: a tenth of a millisecond a time.
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** `Wednesday 2026-03-04 15:09 UTC`: relative dates need the weekday. */
function moment(at: Date): string {
  return `${weekdays[at.getUTCDay()]} ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** `00:31`, `1:02:03`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'))
  const hours = Math.floor(seconds / 3600)
  return (hours > 0 ? [hours, ...parts] : parts).join(':')
}
