/** Calling codes of one and two digits; all others have three. */
const CALLING_CODE = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/

/** What HubSpot's calculated phone properties hold: area code and local number, without the calling code. */
export function nationalDigits(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  if (phone.trim().startsWith('+')) return digits.replace(CALLING_CODE, '')
  return digits.length === 11 ? digits.replace(/^1/, '') : digits.replace(/^0/, '')
}

/** The same with the calling code, where the number was written with one. */
export function internationalDigits(phone: string): string {
  return phone.trim().startsWith('+') ? phone.replace(/\D/g, '') : ''
}
