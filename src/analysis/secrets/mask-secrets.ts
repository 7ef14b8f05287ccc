import { maskCards } from './mask-cards.ts'
import { maskPasswords, speaksOfPassword } from './mask-passwords.ts'
import { maskSocialSecurity } from './mask-social-security.ts'

export const secretKinds = ['card number', 'social security number', 'password'] as const
export type SecretKind = (typeof secretKinds)[number]

const maskers: Record<SecretKind, (text: string, before: string) => string> = {
  'card number': maskCards,
  'social security number': maskSocialSecurity,
  password: maskPasswords,
}

/** As many digits as the shortest secret of digits has, with what may stand between them. */
const nineDigits = /\d(?:[ .,–-]{0,2}\d){8}/

/** Whether there may be a secret in a text, or the question for one: a fast look that takes too much for one, and misses none. Pure. */
export function mayHoldSecret(text: string): boolean {
  return nineDigits.test(text) || speaksOfPassword.test(text)
}

/**
 * A text with every secret in it, but for kinds that are spared, replaced by its kind in brackets: `[card number]`. `before` is what was
 * said directly before: a bare number may answer the question for one. Linear in the length of the text. Pure; masking twice changes nothing.
 */
export function maskSecrets(text: string, before: string, spared: ReadonlySet<SecretKind>): string {
  if (!mayHoldSecret(text) && !speaksOfPassword.test(before)) return text
  return secretKinds.reduce((masked, kind) => (spared.has(kind) ? masked : maskers[kind](masked, before)), text)
}
