/**
 * What nobody sees: controls (line and tab stay), zero-width and bidi characters, tags, fillers, private use. The few format
 * characters that are drawn, such as the Arabic number sign, stay.
 */
const drawn = String.raw`\n\t\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}`
const emojiSelectors = String.raw`\uFE0E\uFE0F`
const invisible = new RegExp(
  String.raw`(?![${drawn}${emojiSelectors}])[\p{Cc}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]`,
  'gu',
)
/** One selector makes a heart red. A row of them, or one behind a letter or nothing, can only carry hidden text. */
const straySelectors = new RegExp(`(?<=^|[\\sA-Za-z${emojiSelectors}])[${emojiSelectors}]+`, 'g')

/** Nothing in it to clean: what most turns are. */
const plain = /^[\n\t -{}~]*$/

/**
 * Text of a conversation as a model may see it: without characters that people cannot see, and without the `<|…|>` by which
 * models mark roles (the words inside stay; some models write the bar `｜`). Linear in the length of the text. Pure; cleaning
 * twice changes nothing.
 */
export function clean(text: string): string {
  if (plain.test(text)) return text
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replaceAll(invisible, '')
    .replaceAll(straySelectors, '')
    .replaceAll(/<[|｜]+/g, '<')
    .replaceAll(/(?<![|｜])[|｜]+>/g, '>')
}
