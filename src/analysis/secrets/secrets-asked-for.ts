import type { CompiledItem } from '../compile-items.ts'
import { type SecretKind, secretKinds } from './mask-secrets.ts'

const words: Record<SecretKind, RegExp> = {
  'card number':
    /\bcards?\b.{0,40}\b(?:numbers?|no|digits)\b|\b(?:numbers?|digits)\b.{0,40}\bcards?\b|kartennummer|n[uú]mero.{0,20}\btarjeta|num[eé]ro.{0,20}\bcarte/i,
  'social security number': /\bsocial security\b|\bssn\b/i,
  password: /\bpass ?(?:words?|codes?|phrases?)\b|passwort|kennwort|contraseña|mot de passe/i,
}

/** Of these types a value may be anything. */
const free = new Set<CompiledItem['type']>(['string', 'number', 'list'])

/**
 * The kinds of secrets that stay readable because an item asks for them: a text, number or list of the user's own whose name or
 * description speaks of a card's number, of social security or of a password. Choices, yes/no, days, times and presets cannot hold one. Pure.
 */
export function secretsAskedFor(items: CompiledItem[]): Set<SecretKind> {
  const asking = items.filter(({ isPreset, type, choices }) => !isPreset && free.has(type) && choices.length === 0)
  const texts = asking.map(({ name, prompt }) => `${spelled(name)}: ${prompt}`)
  return new Set(secretKinds.filter((kind) => texts.some((text) => words[kind].test(text))))
}

/** `cardNumber` and `card_number` as words. */
function spelled(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_-]+/g, ' ')
}
