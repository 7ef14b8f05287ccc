import { z } from 'zod'
import { modelProfile, type ProfileSetting } from './config/model-profile.ts'
import { type ModelProvider, modelTable, providerNames, readProviders } from './config/model-providers.ts'
import { type QuietHours, quietHours } from './config/quiet-hours.ts'
import { type RetellAccount, readRetellAccounts } from './config/retell-accounts.ts'
import type { CrmKind, OpenCrm } from './crm/index.ts'
import { AppError } from './errors.ts'

export type { ProfileName, ProfileSetting, SchemaFormat } from './config/model-profile.ts'
export type { ModelProvider } from './config/model-providers.ts'
export type { QuietHours } from './config/quiet-hours.ts'
export type { RetellAccount } from './config/retell-accounts.ts'

export type Role = 'web' | 'worker'

/** One CRM account, under the name that mapping files call it by, and of its kind: ready to be opened. */
export type ConnectionConfig = {
  name: string
  kind: string
  open: OpenCrm
  pace: ConnectionPace
  imports: ConnectionImports
}

/** How often a connection is imported by itself: what has changed, and all of it; 0: only by hand. */
export type ConnectionImports = { everyMinutes: number; wholeEveryHours: number }

/** How many records may be written within a minute, and when none but what a person asks for; null: no such limit. */
export type ConnectionPace = { recordsPerMinute: number | null; quietHours: QuietHours | null }

/** The kinds of connections there are, by name. */
export type CrmKinds = Record<string, CrmKind>

export type ModelConfig = {
  url: string
  apiKey: string | null
  /** The model that answers for the one a config names; `*` answers for all others. */
  models: Record<string, string>
  /** How the provider is asked; null: as its address says. */
  profile: ProfileSetting | null
  /** Further ones, for the models that are said to be there. */
  providers: ModelProvider[]
}

/** Every setting of the program, read once from the environment and passed on as a value. */
export type Config = {
  /** Null: the embedded PostgreSQL, in the data folder. */
  databaseUrl: string | null
  dataFolder: string
  /** Seals CRM tokens that are kept in the database; null: none are. */
  secret: string | null
  /** Null: those that ship. */
  mappingFolders: string[] | null
  /** Where backfills are declared to repeat. Null: the one that ships, which may also lack. */
  backfillFolders: string[] | null
  host: string
  /** 0: the next free one. */
  port: number
  roles: Role[]
  logLevel: string
  defaultCountry: string
  /** How often CRM triggers may have one contact rerun within an hour. */
  triggerRerunsPerContactAndHour: number
  /** How long a deleted conversation is kept sealed, and can be brought back. */
  deletionGraceDays: number
  /** After how many days conversations are settled; null: never. */
  retentionDays: number | null
  /** Where the demo leaves what it found as JSON; null for nowhere. */
  demoReport: string | null
  /** A plan warns where more records of a connection than this may be written. */
  warnRecords: number
  /** True: this process starts stand-ins for the CRM and the model, and talks to nobody else. */
  sandbox: boolean
  connections: ConnectionConfig[]
  retell: RetellAccount[]
  model: ModelConfig
  /** A file of prices that stand in the place of those that ship; null: none. */
  pricesFile: string | null
  /** The most requests and tokens in a minute of each model, by all processes together; null: what the provider allows. */
  modelPerMinute: { turns: number | null; units: number | null }
  /** What may be spent on models: by everything together, and by the triggers of each connection. */
  spending: { installation: UsdCaps; trigger: UsdCaps }
}

/** USD in a calendar day and month, in UTC; null: no limit. */
type UsdCaps = { usdPerDay: number | null; usdPerMonth: number | null }

const list = z.string().transform((text) => text.split(',').map((part) => part.trim()))
const names = list
  .pipe(z.array(z.stringFormat('name of small letters, digits and _', /^[a-z][a-z0-9_]*$/)))
  .refine((all) => new Set(all).size === all.length, 'the same name twice')
const whole = z.stringFormat('whole number', /^\d{1,9}$/).transform(Number)
const usd = z.stringFormat('amount in USD, such as 12.50', /^\d{1,6}(\.\d{1,8})?$/).transform(Number)
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''))

const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^(postgres(ql)?|socket)$/ }).optional(),
  AFTERWORD_DATA: z.string().default('.afterword'),
  AFTERWORD_MAPPINGS: list.optional(),
  AFTERWORD_BACKFILLS: list.optional(),
  AFTERWORD_SECRET: z.string().min(32, 'at least 32 characters').optional(),
  AFTERWORD_HOST: z.string().default('127.0.0.1'),
  AFTERWORD_PORT: whole.pipe(z.number().max(65_535)).prefault('4400'),
  AFTERWORD_ROLES: list.pipe(z.array(z.enum(['web', 'worker']))).prefault('web,worker'),
  AFTERWORD_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  AFTERWORD_DEFAULT_COUNTRY: z.stringFormat('country of two capital letters', /^[A-Z]{2}$/).default('US'),
  AFTERWORD_TRIGGER_RERUNS_PER_CONTACT_AND_HOUR: whole.pipe(z.number().min(1)).prefault('6'),
  AFTERWORD_WARN_RECORDS: whole.prefault('1000'),
  AFTERWORD_DELETION_GRACE_DAYS: whole.pipe(z.number().max(3_650)).prefault('30'),
  AFTERWORD_RETENTION_DAYS: whole.pipe(z.number().min(1).max(36_500)).optional(),
  AFTERWORD_SANDBOX: z
    .enum(['0', '1'])
    .default('0')
    .transform((flag) => flag === '1'),
  AFTERWORD_DEMO_REPORT: z.string().optional(),
  AFTERWORD_CONNECTIONS: names.optional(),
  AFTERWORD_RETELL: names.optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: url.prefault('https://api.openai.com/v1'),
  AFTERWORD_MODEL_PROFILE: modelProfile.optional(),
  AFTERWORD_MODEL_REQUESTS_PER_MINUTE: whole.pipe(z.number().min(1)).optional(),
  AFTERWORD_MODEL_TOKENS_PER_MINUTE: whole.pipe(z.number().min(1)).optional(),
  AFTERWORD_USD_PER_DAY: usd.optional(),
  AFTERWORD_USD_PER_MONTH: usd.optional(),
  AFTERWORD_TRIGGER_USD_PER_DAY: usd.optional(),
  AFTERWORD_TRIGGER_USD_PER_MONTH: usd.optional(),
  AFTERWORD_PRICES: z.string().optional(),
  AFTERWORD_PROVIDERS: providerNames.optional(),
  AFTERWORD_MODELS: modelTable.prefault('gpt-4.1=gpt-6-luna,*=gpt-6-luna'),
})

/** What every connection can be told, whatever its kind. */
const paceSettings = z
  .object({ RECORDS_PER_MINUTE: whole.pipe(z.number().min(1)).optional(), QUIET_HOURS: quietHours.optional() })
  .transform(({ RECORDS_PER_MINUTE, QUIET_HOURS }): ConnectionPace => {
    return { recordsPerMinute: RECORDS_PER_MINUTE ?? null, quietHours: QUIET_HOURS ?? null }
  })

const importSettings = z
  .object({
    IMPORT_MINUTES: whole.pipe(z.number().max(10_080)).prefault('5'),
    IMPORT_ALL_HOURS: whole.pipe(z.number().max(8_760)).prefault('24'),
  })
  .transform(({ IMPORT_MINUTES, IMPORT_ALL_HOURS }): ConnectionImports => {
    return { everyMinutes: IMPORT_MINUTES, wholeEveryHours: IMPORT_ALL_HOURS }
  })

/** The settings of this process. Throws as `parseConfig` does. */
export function loadConfig(kinds: CrmKinds): Config {
  return parseConfig(process.env, kinds)
}

/**
 * The program's settings out of an environment; an empty value counts as not set. Pure.
 * Throws `config.invalid` (stop) with one line for every key that is wrong, never its value.
 */
export function parseConfig(env: Record<string, string | undefined>, kinds: CrmKinds): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const wrong: string[] = []
  const main = read(settings, given, '', wrong)
  const namesIn = (text: string | undefined) => names.optional().safeParse(text).data ?? []
  const connections = namesIn(given.AFTERWORD_CONNECTIONS).map((name) => readConnection(name, given, kinds, wrong))
  const retell = readRetellAccounts(namesIn(given.AFTERWORD_RETELL), given, wrong)
  const providers = readProviders(given, wrong)
  for (const [kind, { builtIn, settings }] of Object.entries(kinds))
    if (builtIn) {
      const rest = { pace: paceSettings.parse({}), imports: { everyMinutes: 0, wholeEveryHours: 0 } }
      connections.push({ name: kind, kind, open: settings.parse({}), ...rest })
    }
  if (main === undefined || wrong.length > 0) {
    throw new AppError('config.invalid', 'stop', `the environment cannot be used:\n${wrong.join('\n')}`, {
      facts: { problems: wrong },
    })
  }
  return {
    databaseUrl: main.DATABASE_URL ?? null,
    dataFolder: main.AFTERWORD_DATA,
    secret: main.AFTERWORD_SECRET ?? null,
    mappingFolders: main.AFTERWORD_MAPPINGS ?? null,
    backfillFolders: main.AFTERWORD_BACKFILLS ?? null,
    host: main.AFTERWORD_HOST,
    port: main.AFTERWORD_PORT,
    roles: main.AFTERWORD_ROLES,
    logLevel: main.AFTERWORD_LOG_LEVEL,
    defaultCountry: main.AFTERWORD_DEFAULT_COUNTRY,
    triggerRerunsPerContactAndHour: main.AFTERWORD_TRIGGER_RERUNS_PER_CONTACT_AND_HOUR,
    warnRecords: main.AFTERWORD_WARN_RECORDS,
    deletionGraceDays: main.AFTERWORD_DELETION_GRACE_DAYS,
    retentionDays: main.AFTERWORD_RETENTION_DAYS ?? null,
    sandbox: main.AFTERWORD_SANDBOX,
    demoReport: main.AFTERWORD_DEMO_REPORT ?? null,
    connections: connections.filter((one) => one !== undefined),
    retell,
    model: {
      url: main.OPENAI_BASE_URL,
      apiKey: main.OPENAI_API_KEY ?? null,
      models: main.AFTERWORD_MODELS,
      profile: main.AFTERWORD_MODEL_PROFILE ?? null,
      providers,
    },
    pricesFile: main.AFTERWORD_PRICES ?? null,
    modelPerMinute: {
      turns: main.AFTERWORD_MODEL_REQUESTS_PER_MINUTE ?? null,
      units: main.AFTERWORD_MODEL_TOKENS_PER_MINUTE ?? null,
    },
    spending: {
      installation: capsOf(main.AFTERWORD_USD_PER_DAY, main.AFTERWORD_USD_PER_MONTH),
      trigger: capsOf(main.AFTERWORD_TRIGGER_USD_PER_DAY, main.AFTERWORD_TRIGGER_USD_PER_MONTH),
    },
  }
}

function capsOf(usdPerDay: number | null = null, usdPerMonth: number | null = null): UsdCaps {
  return { usdPerDay, usdPerMonth }
}

type Env = Record<string, string | undefined>

function readConnection(name: string, env: Env, kinds: CrmKinds, wrong: string[]): ConnectionConfig | undefined {
  if (Object.hasOwn(kinds, name) && kinds[name]?.builtIn) {
    wrong.push(`  AFTERWORD_CONNECTIONS: ${name} is there without being named; another connection needs another name`)
    return undefined
  }
  const prefix = `AFTERWORD_CONNECTION_${name.toUpperCase()}_`
  const own = Object.entries(env).filter(([key]) => key.startsWith(prefix))
  const { KIND: kind = '', ...given } = Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]))
  const choices = Object.keys(kinds).filter((each) => !kinds[each]?.builtIn)
  const known = choices.includes(kind) ? kinds[kind] : undefined
  if (known === undefined) {
    wrong.push(`  ${prefix}KIND: expected one of ${choices.join(', ')}`)
    return undefined
  }
  const open = read(known.settings, given, prefix, wrong)
  const pace = read(paceSettings, given, prefix, wrong)
  const imports = read(importSettings, given, prefix, wrong)
  return open && pace && imports && { name, kind, open, pace, imports }
}

function read<T>(schema: z.ZodType<T>, env: Env, prefix: string, wrong: string[]): T | undefined {
  const parsed = schema.safeParse(env, { reportInput: true })
  if (parsed.success) return parsed.data
  for (const { path, message, input } of parsed.error.issues) {
    wrong.push(`  ${prefix}${String(path[0])}: ${input === undefined ? 'is missing' : message}`)
  }
  return undefined
}
