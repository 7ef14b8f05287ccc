/** No area 000, 666 or 9xx, no group 00, no serial 0000 was ever given out. */
const written = /(?<![\d-])(?!000|666|9)\d{3}([ .–-])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-]|\.\d)/g
const name = String.raw`\b(?:social security|ssn|social(?! (?:media|network|distanc)))\b`
const named = new RegExp(String.raw`(${name}[^\d\n]{0,40})(?<!\d)\d(?:[ .–-]?\d){8}(?!\d)`, 'gi')
const asked = new RegExp(name, 'i')
const bare = /(?<!\d)\d(?:[ .–-]?\d){8}(?!\d)/g

/** A text with US social security numbers in it masked: written as such, or nine digits where one was named or asked for. Pure. */
export function maskSocialSecurity(text: string, before: string): string {
  const masked = text.replaceAll(written, '[social security number]').replaceAll(named, '$1[social security number]')
  return asked.test(before) ? masked.replaceAll(bare, '[social security number]') : masked
}
