import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/**
 * A phone number as E.164 (`+14155550132`), or null where the text holds none. Without a country code it is read as of
 * `defaultCountry` (ISO-2); an extension is dropped. Possible is enough: the fictional 555-01xx are, but are not valid. Pure.
 */
export function toE164(raw: string, defaultCountry: string): string | null {
  const key = `${defaultCountry} ${raw}`
  const known = lately.get(key)
  if (known !== undefined) return known
  if (lately.size === mostRemembered) lately.clear()
  const number = parse(raw, defaultCountry)
  lately.set(key, number)
  return number
}

/** Parsing takes as long as all else that is done to a short call, and each number is read several times on its way. */
const lately = new Map<string, string | null>()
const mostRemembered = 2_000

function parse(raw: string, defaultCountry: string): string | null {
  // The library reads 00 as the start of a national number.
  const text = raw.trim().replace(/^00(?=\s*[1-9])/, '+')
  const country = isSupportedCountry(defaultCountry) ? { defaultCountry } : {}
  const number = parsePhoneNumberFromString(text, { ...country, extract: false })
  return number?.isPossible() ? number.number : null
}
