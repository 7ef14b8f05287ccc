import { parse } from 'yaml'
import { z } from 'zod'
import type { Account } from './accounts/account.ts'
import type { World } from './world.ts'

/** A rule as mapping files have it, with `to` by HubSpot's name of the field. */
export type Rule = { from?: string; to: string; [policy: string]: unknown }

const byNumber = [{ number: { of: ['from_or_to', 'metadata.phone_number'], in: ['phone', 'mobilephone'] } }]

/** A mapping file onto an account's contacts; without other steps they are matched by their numbers. */
export function mappingFor({ kind, connection, object, nameOf }: Account, rules: Rule[], match: object[] = []): string {
  const steps =
    match.length > 0 ? match : byNumber.map(({ number }) => ({ number: { ...number, in: number.in.map(nameOf) } }))
  const fields = rules.map((rule) => ({ ...rule, to: nameOf(rule.to) }))
  // JSON is YAML.
  return JSON.stringify({ version: 1, crm: kind, connection, object, match: steps, fields })
}

/** A mapping file that was written for HubSpot, as it would be for this account. */
export function translated({ kind, connection, object, nameOf }: Account, yaml: string): string {
  const { match, import: imported = {}, fields, ...rest } = fileSchema.parse(parse(yaml))
  return JSON.stringify({
    ...rest,
    crm: kind,
    connection,
    object,
    match: match.map(({ number, ...step }) => (number ? { number: { ...number, in: number.in.map(nameOf) } } : step)),
    import: Object.fromEntries(Object.entries(imported).map(([field, property]) => [field, nameOf(property)])),
    fields: fields.map((rule) => ({ ...rule, to: nameOf(rule.to) })),
  })
}

const fileSchema = z.looseObject({
  match: z.array(z.looseObject({ number: z.looseObject({ in: z.array(z.string()) }).optional() })),
  import: z.record(z.string(), z.string()).optional(),
  fields: z.array(z.looseObject({ to: z.string() })),
})

/** Makes these rules the active ones on every account of the world. */
export async function useRules(world: World, ...rules: Rule[]): Promise<void> {
  await world.useMapping(...world.accounts.map((account) => mappingFor(account, rules)))
}
