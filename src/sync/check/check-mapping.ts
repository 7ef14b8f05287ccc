import type { AgentItems } from '../../agents/index.ts'
import type { CrmField } from '../../crm/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { checkAnswers } from './check-answers.ts'
import { checkCreation } from './check-creation.ts'
import { checkFields } from './check-fields.ts'
import { checkItems } from './check-items.ts'
import { type Findings, merged, nothingFound } from './findings.ts'

/**
 * Holds a mapping that is right by itself against the fields of its CRM object and against the items of the agents, whichever
 * are known (null: not known). Pure: everything at once, in the order of the file.
 */
export function checkMapping(
  mapping: Mapping,
  known: { fields: readonly CrmField[] | null; agents: readonly AgentItems[] | null },
): Findings {
  const { fields, agents } = known
  return merged(
    fields
      ? { problems: [...checkFields(mapping, fields), ...checkCreation(mapping, fields)], advice: [] }
      : nothingFound,
    agents ? { problems: checkItems(mapping, agents), advice: [] } : nothingFound,
    fields && agents ? checkAnswers(mapping, agents, fields) : nothingFound,
  )
}
