import type { ConversationKind } from '../../db/index.ts'
import type { CompiledItem } from '../compile-items.ts'
import { successName } from '../presets.ts'
import type { Fields } from '../verdict.ts'
import { isRight } from './is-right.ts'
import type { Expected, Label } from './label.ts'

/**
 * How an item came out. With a value expected: `right`, `wrong` (another value) or `missing` (none). With none expected: `empty`
 * (rightly) or `invented`.
 */
export type Verdict = 'right' | 'wrong' | 'missing' | 'empty' | 'invented'

export type Judgement = { item: string; verdict: Verdict }

/**
 * Holds what an analysis found against what a label knows: one judgement for every item that was asked and labelled. `fields` are
 * null where the analysis failed: what it should have found is missing, and no credit is given for silence. A value that is not
 * `found`, such as an unverified one, counts as none: no CRM would get it. Pure.
 */
export function judge(
  label: Label,
  conversation: { kind: ConversationKind; items: readonly Pick<CompiledItem, 'name' | 'isPreset'>[] },
  fields: Fields | null,
): Judgement[] {
  return conversation.items.flatMap((item): Judgement[] => {
    const expected = expectedOf(label, conversation.kind, item)
    if (expected === undefined) return []
    const verdict = verdictOn(expected, item.name, fields)
    return verdict === undefined ? [] : [{ item: item.name, verdict }]
  })
}

/** Undefined where nobody knows. */
function expectedOf(
  { expected, isSuccessful, isEmpty }: Label,
  kind: ConversationKind,
  { name, isPreset }: Pick<CompiledItem, 'name' | 'isPreset'>,
): Expected | undefined {
  const known = expected.get(name)
  if (known !== undefined) return Array.isArray(known) && known.length === 0 ? null : known
  if (name === successName(kind)) return isSuccessful ?? undefined
  return isEmpty && !isPreset ? null : undefined
}

function verdictOn(expected: Expected, item: string, fields: Fields | null): Verdict | undefined {
  const field = fields !== null && Object.hasOwn(fields, item) ? fields[item] : undefined
  const found = field?.status === 'found' ? field.value : null
  if (expected === null) return fields === null ? undefined : found === null ? 'empty' : 'invented'
  if (found === null) return 'missing'
  return isRight(expected, found) ? 'right' : 'wrong'
}
