import type { CliDeps } from '../cli/index.ts'
import { AppError } from '../errors.ts'
import { type Model, type Probe, probeModel, wayTo } from '../model/index.ts'
import type { Built } from './open-installation.ts'

type Check = Awaited<ReturnType<CliDeps['doctor']>>[number]

/** What to do about an error of the provider. */
const advice: Record<string, string> = {
  'model.unauthorized': 'check OPENAI_API_KEY',
  'model.forbidden': 'allow it there, or name another model in AFTERWORD_MODELS',
  'model.unknown': 'check AFTERWORD_MODELS, and OPENAI_BASE_URL, which ends in /v1 for most',
  'model.quota': 'add credit there, or raise the limit of the key',
  'model.rate_limited': 'try again in a while',
  'model.unreachable': 'check OPENAI_BASE_URL, and whether the provider is up',
  'model.rejected': 'AFTERWORD_MODEL_PROFILE changes what is sent',
  'model.no_answer': 'name another model in AFTERWORD_MODELS',
}

/** Asks every model that may answer for another, with two small calls each, whether it keeps to a schema; what is wrong says what to do. */
export async function probeModels({
  config,
  db,
  model,
  now,
}: Pick<Built, 'config' | 'db' | 'model' | 'now'>): Promise<Check[]> {
  const asked = [...new Set(Object.values(model.profile.models))]
  const isAsked = asked.some((each) => wayTo(model, each) === model)
  if (isAsked && model.profile.name === 'openai' && config.model.apiKey === null)
    return [{ name: 'model', isRight: false, detail: 'OPENAI_API_KEY is missing' }]
  const check = async (asked: string): Promise<Check> => {
    const way = wayTo(model, asked)
    const { name, baseUrl } = way.profile
    const { isRight, detail } = await probeModel({ db, model: way, now }, asked).then(readProbe, readError)
    return { name: `model ${asked}`, isRight, detail: `${baseUrl} (${name}): ${ofProvider(way, detail)}` }
  }
  return Promise.all(asked.map(check))
}

/** The settings by the names that they have for this provider. */
function ofProvider({ profile: { provider } }: Model, detail: string): string {
  if (provider === null) return detail
  const prefix = `AFTERWORD_PROVIDER_${provider.toUpperCase()}_`
  return detail
    .replaceAll(/OPENAI_(?:BASE_)?(?=URL|API_KEY)/g, prefix)
    .replaceAll('AFTERWORD_MODEL_PROFILE', `${prefix}PROFILE`)
}

type Finding = Pick<Check, 'isRight' | 'detail'>

function readProbe({ tried, calls, costUsd }: Probe): Finding {
  const kept = tried.find(({ result }) => result === 'kept')?.format
  const ignored = tried.filter(({ result }) => result === 'ignored').map(({ format }) => format)
  const refused = tried.filter(({ result }) => result === 'refused').map(({ format }) => format)
  const cost = `${calls} calls${costUsd === null ? '' : `, $${costUsd.toFixed(6)}`}`
  const parts = [
    ...(refused.length > 0 ? [`refuses ${refused.join(', ')}`] : []),
    ...(ignored.length > 0 ? [`answers, but ignores a schema told as ${ignored.join(', ')}`] : []),
    kept ? `keeps to a schema told as ${kept} (${cost})` : 'keeps to none: name another model in AFTERWORD_MODELS',
  ]
  // What is refused gives way by itself. What is ignored does not: nobody says so.
  const isRight = kept !== undefined && ignored.length === 0
  if (kept && tried.length > 1)
    parts.push(`add format=${kept} to AFTERWORD_MODEL_PROFILE${isRight ? ' to save the refused calls' : ''}`)
  return { isRight, detail: parts.join('; ') }
}

function readError(error: unknown): Finding {
  if (!(error instanceof AppError)) throw error
  const todo = advice[error.code]
  return { isRight: false, detail: todo === undefined ? error.message : `${error.message}: ${todo}` }
}
