import { z } from 'zod'

/** One account of the source product: whose webhooks are taken, and whose history can be pulled. */
export type RetellAccount = {
  name: string
  /** Null: nothing is pulled, webhooks are taken all the same. */
  apiKey: string | null
  /** Whose signature makes a webhook theirs: more than one while a key is being replaced. */
  webhookKeys: string[]
  url: string
  /** 0: only by hand. */
  pullEveryMinutes: number
  requestsPerSecond: number
}

const settings = z
  .object({
    API_KEY: z.string().optional(),
    WEBHOOK_KEYS: z
      .string()
      .transform((text) => text.split(',').flatMap((key) => key.trim() || []))
      .optional(),
    URL: z
      .url({ protocol: /^https?$/ })
      .transform((text) => text.replace(/\/+$/, ''))
      .prefault('https://api.retellai.com'),
    PULL_MINUTES: z
      .stringFormat('whole number', /^\d{1,5}$/)
      .transform(Number)
      .prefault('0'),
    REQUESTS_PER_SECOND: z
      .stringFormat('whole number from 1 to 100', /^([1-9]\d?|100)$/)
      .transform(Number)
      .prefault('5'),
  })
  .refine(({ API_KEY, WEBHOOK_KEYS }) => (API_KEY ?? WEBHOOK_KEYS?.[0]) !== undefined, {
    path: ['API_KEY'],
    message: 'is missing; for webhooks alone WEBHOOK_KEYS will do',
  })
  .refine(({ API_KEY, PULL_MINUTES }) => API_KEY !== undefined || PULL_MINUTES === 0, {
    path: ['API_KEY'],
    message: 'is missing, and pulling needs it',
  })

/** The accounts of these names; `wrong` gets a line for every key of the environment that is. */
export function readRetellAccounts(
  names: readonly string[],
  env: Record<string, string | undefined>,
  wrong: string[],
): RetellAccount[] {
  return names.flatMap((name) => {
    const prefix = `AFTERWORD_RETELL_${name.toUpperCase()}_`
    const own = Object.entries(env).filter(([key]) => key.startsWith(prefix))
    const read = settings.safeParse(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])))
    if (!read.success) {
      wrong.push(...read.error.issues.map(({ path, message }) => `  ${prefix}${String(path[0])}: ${message}`))
      return []
    }
    const { API_KEY: apiKey = null, WEBHOOK_KEYS: keys, URL: url, ...rest } = read.data
    const webhookKeys = keys ?? (apiKey === null ? [] : [apiKey])
    const { PULL_MINUTES: pullEveryMinutes, REQUESTS_PER_SECOND: requestsPerSecond } = rest
    return [{ name, apiKey, webhookKeys, url, pullEveryMinutes, requestsPerSecond }]
  })
}
