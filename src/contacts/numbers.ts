import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/**
 * A phone number as E.164 (`+14155550132`), or null where the text holds none. Without a country code it is read as of
 * `defaultCountry` (ISO-2); an extension is dropped. Possible is enough: the fictional 555-01xx are, but are not valid. Pure.
 */
export function toE164(raw: string, defaultCountry: string): string | null {
  const country: CountryCode | undefined = isSupportedCountry(defaultCountry) ? defaultCountry : undefined
  // The library reads 00 as a national number of the default country.
  const text = raw.trim().replace(/^00(?=\s*[1-9])/, '+')
  const number = parsePhoneNumberFromString(text, country === undefined ? {} : { defaultCountry: country, extract: false })
  return number?.isPossible() ? number.number : null
}
