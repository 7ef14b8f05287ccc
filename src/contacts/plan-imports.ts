import type { Mapping } from '../mapping/index.ts'

/** What to read of one object of one connection: where numbers and the e-mail stand, and what our contacts take over. */
export type ImportPlan = {
  connection: string
  object: string
  numberFields: string[]
  emailField: string | null
  /** Our contact's field → the CRM's. */
  import: Record<string, string>
  defaultCountry: string
}

const emailFields = { hubspot: 'email', salesforce: 'Email' }

/** One plan for each object that these mappings write to: what they match and import by, taken together. Pure. */
export function planImports(mappings: Mapping[]): ImportPlan[] {
  const plans = new Map<string, ImportPlan>()
  for (const mapping of mappings) {
    const { connection, object, defaultCountry } = mapping
    const key = JSON.stringify([connection, object])
    const plan = plans.get(key) ?? {
      connection,
      object,
      numberFields: [],
      emailField: null,
      import: {},
      defaultCountry,
    }
    const numbers = mapping.match.flatMap((step) => (step.by === 'number' ? step.in : []))
    plans.set(key, {
      ...plan,
      numberFields: [...new Set([...plan.numberFields, ...numbers])],
      emailField: emailFields[mapping.crm],
      import: { ...plan.import, ...mapping.import },
    })
  }
  return [...plans.values()]
}
