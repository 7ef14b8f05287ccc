import type { Crm } from '../crm/index.ts'
import { fieldsOf, type Mapping, numberFieldsOf } from '../mapping/index.ts'

/** What to read of one object of one connection: where numbers and the e-mail stand, and what our contacts take over. */
export type ImportPlan = {
  connection: string
  object: string
  numberFields: string[]
  emailFields: readonly string[]
  /** Our contact's field → the CRM's. */
  import: Record<string, string>
  /** The CRM's fields that rules write, stamps included. */
  mapped: string[]
  defaultCountry: string
}

/** One plan for each object of a CRM that mappings write to: what they match and import by, taken together. Pure. */
export function planImports(crm: Pick<Crm, 'connection' | 'emailFields'>, mappings: readonly Mapping[]): ImportPlan[] {
  const { connection, emailFields } = crm
  const plans = new Map<string, ImportPlan>()
  for (const mapping of mappings.filter((each) => each.connection === connection)) {
    const { object, defaultCountry } = mapping
    const empty = { connection, object, numberFields: [], emailFields, import: {}, mapped: [], defaultCountry }
    const plan = plans.get(object) ?? empty
    const numbers = mapping.match.flatMap((step) => numberFieldsOf(mapping, step))
    // A record that we create is known by its key.
    const emails = mapping.create?.by === 'email' ? [mapping.create.key] : []
    plans.set(object, {
      ...plan,
      numberFields: [...new Set([...plan.numberFields, ...numbers])],
      emailFields: [...new Set([...plan.emailFields, ...emails])],
      import: { ...plan.import, ...mapping.import },
      mapped: [...new Set([...plan.mapped, ...mapping.rules.flatMap(fieldsOf)])],
    })
  }
  return [...plans.values()]
}
