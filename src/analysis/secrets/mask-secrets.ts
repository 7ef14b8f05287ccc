import { maskCards } from './mask-cards.ts'
import { maskPasswords } from './mask-passwords.ts'
import { maskSocialSecurity } from './mask-social-security.ts'

export const secretKinds = ['card number', 'social security number', 'password'] as const
export type SecretKind = (typeof secretKinds)[number]

const maskers: Record<SecretKind, (text: string, before: string) => string> = {
  'card number': maskCards,
  'social security number': maskSocialSecurity,
  password: maskPasswords,
}

/**
 * A text with every secret in it, but for kinds that are spared, replaced by its kind in brackets: `[card number]`. `before` is what was
 * said directly before: a bare number may answer the question for one. Linear in the length of the text. Pure; masking twice changes nothing.
 */
export function maskSecrets(text: string, before: string, spared: ReadonlySet<SecretKind>): string {
  return secretKinds.reduce((masked, kind) => (spared.has(kind) ? masked : maskers[kind](masked, before)), text)
}
