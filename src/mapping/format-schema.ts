import { z } from 'zod'
import { isDateStyle, patternMistake } from './date-pattern.ts'
import { dateStyles, type Format } from './types.ts'

const locale = z
  .string('expected a locale, such as en-US')
  .refine(isLocale, 'expected a locale, such as en-US or de-DE')
  .describe('the language and country whose way of writing is used; en-US by default')

const timeZone = z
  .string('expected a time zone, such as Europe/Berlin')
  .refine(isTimeZone, 'expected a time zone, such as UTC, Europe/Berlin or America/New_York')
  .describe('where the clock hangs; UTC by default')

const date = z
  .string('expected text')
  .superRefine((given, context) => {
    const mistake = isDateStyle(given) ? null : patternMistake(given)
    if (mistake !== null) context.addIssue(mistake)
  })
  .meta({ examples: ['medium', 'd MMM yyyy, HH:mm', 'yyyy-MM-dd'] })
  .describe('short, medium, long, full or a pattern')

const keys = {
  number: {
    scale: z
      .number('expected a number')
      .refine((factor) => factor !== 0, 'expected a factor other than 0')
      .optional()
      .describe('what the number is multiplied by'),
    decimals: z
      .int('expected a whole number')
      .min(0, 'expected 0 to 10')
      .max(10, 'expected 0 to 10')
      .optional()
      .describe('digits after the point, rounded'),
    grouping: z.boolean('expected true or false').optional().describe('1,000 or 1000; makes text of the number'),
    prefix: z.string('expected text').optional().describe('text before it; makes text of the number'),
    suffix: z.string('expected text').optional().describe('text after it; makes text of the number'),
  },
  date: {
    date: date.optional(),
    time: z.enum(dateStyles).optional().describe('the time of the day, beside a style of the date'),
    time_zone: timeZone.optional(),
  },
}

/** How a number or a date is written: the keys of one kind, and `locale`. */
export const formatSchema = z
  .strictObject(
    { ...keys.number, ...keys.date, locale: locale.optional() },
    'expected a format, such as { decimals: 2 } or { date: medium }',
  )
  .transform((given, context): Format => {
    const names = Object.keys(given)
    const numeric = names.filter((name) => Object.hasOwn(keys.number, name))
    const dated = names.filter((name) => Object.hasOwn(keys.date, name))
    const refuse = (message: string) => {
      context.addIssue(message)
      return z.NEVER
    }
    if (numeric.length > 0 && dated.length > 0)
      return refuse(`${numeric[0]} is for numbers and ${dated[0]} for dates: use one kind`)
    if (dated.length > 0) {
      if (given.date === undefined && given.time === undefined)
        return refuse('name date, a style or a pattern, or time, a style')
      if (given.time !== undefined && given.date !== undefined && !isDateStyle(given.date))
        return refuse('time stands beside a style of the date; put the time into the pattern: yyyy-MM-dd HH:mm')
      const { date: shown = null, time = null, time_zone = 'UTC', locale: language = 'en-US' } = given
      return { kind: 'date', date: shown, time, timeZone: time_zone, locale: language }
    }
    if (numeric.length === 0) {
      // A mistyped key is reported already and explains why there is none.
      if (context.issues.length > 0) return z.NEVER
      return refuse('say what it is for: scale, decimals, grouping, prefix or suffix of a number, or date and time')
    }
    const isWritten = names.some((name) => !['scale', 'decimals'].includes(name))
    const { locale: language = 'en-US', grouping = true, prefix = '', suffix = '' } = given
    return {
      kind: 'number',
      scale: given.scale ?? 1,
      decimals: given.decimals ?? null,
      written: isWritten ? { locale: language, grouping, prefix, suffix } : null,
    }
  })

// An unknown locale would silently be that of the machine.
function isLocale(text: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(text).length === 1
  } catch {
    return false
  }
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }) !== null
  } catch {
    return false
  }
}
