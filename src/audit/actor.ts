/**
 * Who asked, as one word for rows and logs: `key:ops` (a named API key), `cli:root`, `schedule:nightly`, `system`.
 * Never a secret, never a customer.
 */
export type Actor = { kind: 'key' | 'cli' | 'trigger' | 'schedule' | 'system'; name: string }

export function actorLabel(actor: Actor): string {
  return `${actor.kind}:${actor.name}`
}
