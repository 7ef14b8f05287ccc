/**
 * Text of at most `maxLength` UTF-16 units, which both CRMs' limits never undercount; what is cut off shows as `…`.
 * Never half a surrogate pair: an emoji at the cut goes as a whole.
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const end = maxLength - 1
  const isInsidePair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(end))
  return `${text.slice(0, isInsidePair ? end - 1 : end).trimEnd()}…`
}
