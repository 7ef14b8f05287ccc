// Making one takes up to a millisecond, using it microseconds. As many as there are formats in mapping files.
const dates = new Map<string, Intl.DateTimeFormat>()
const numbers = new Map<string, Intl.NumberFormat>()

export function dateFormatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dates, locale, options, () => new Intl.DateTimeFormat(locale, options))
}

export function numberFormatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numbers, locale, options, () => new Intl.NumberFormat(locale, options))
}

function kept<Formatter>(known: Map<string, Formatter>, locale: string, options: object, make: () => Formatter) {
  const key = JSON.stringify([locale, options])
  const formatter = known.get(key) ?? make()
  known.set(key, formatter)
  return formatter
}
