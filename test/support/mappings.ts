import type { Account } from './accounts/account.ts'
import type { World } from './world.ts'

/** A rule as mapping files have it, with `to` by HubSpot's name of the field. */
export type Rule = { from: string; to: string; [policy: string]: unknown }

const byNumber = [{ number: { of: ['from_or_to', 'metadata.phone_number'], in: ['phone', 'mobilephone'] } }]

/** A mapping file onto an account's contacts; without other steps they are matched by their numbers. */
export function mappingFor({ kind, connection, object, nameOf }: Account, rules: Rule[], match: object[] = []): string {
  const steps =
    match.length > 0 ? match : byNumber.map(({ number }) => ({ number: { ...number, in: number.in.map(nameOf) } }))
  const fields = rules.map((rule) => ({ ...rule, to: nameOf(rule.to) }))
  // JSON is YAML.
  return JSON.stringify({ version: 1, crm: kind, connection, object, match: steps, fields })
}

/** Makes these rules the active ones on every account of the world. */
export async function useRules(world: World, ...rules: Rule[]): Promise<void> {
  await world.useMapping(...world.accounts.map((account) => mappingFor(account, rules)))
}
