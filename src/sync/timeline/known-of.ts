import type { CrmField } from '../../crm/index.ts'
import type { Known } from './classify.ts'
import type { RecordFacts } from './load-facts.ts'

/** What we know of one cell before it is looked at. `since`: when rules were first switched on, by field, epoch ms. Pure. */
export function knownOf(
  { facts, field }: { facts: Pick<RecordFacts, 'cells' | 'forgotten' | 'intents'>; field: Pick<CrmField, 'name'> },
  since: ReadonlyMap<string, number>,
  readAt: number,
): Known {
  return {
    state: facts.cells[field.name],
    forgottenAt: facts.forgotten[field.name] ?? null,
    switchedOnAt: since.get(field.name) ?? readAt,
    intended: facts.intents.flatMap(({ values }) => (field.name in values ? [values[field.name] ?? null] : [])),
    openIntent: facts.intents.some((intent) => intent.open && field.name in intent.values),
    inLastWrite: facts.intents.find((intent) => intent.fields.length > 0)?.fields.includes(field.name) ?? false,
  }
}
