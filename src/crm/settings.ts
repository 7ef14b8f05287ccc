import { z } from 'zod'

/** Spellings of settings, as they stand in the environment. */
export const wholeNumber = z.stringFormat('whole number', /^\d{1,9}$/).transform(Number)
export const address = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''))
