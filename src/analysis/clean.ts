/** Line and tab stay; everything invisible goes: controls, zero-width, bidi, tags, and variation selectors used to smuggle. */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}]|[\u{E0100}-\u{E01EF}]/gu

/**
 * Text of a conversation as a model may see it: without characters that people cannot see, and without the `<|…|>` by which
 * models mark roles (the words inside stay). Linear in the length of the text. Pure; cleaning twice changes nothing.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(invisible, '')
    .replaceAll(/<\|+/g, '<')
    .replaceAll(/(?<!\|)\|+>/g, '>')
}
