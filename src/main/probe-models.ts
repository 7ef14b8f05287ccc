import type { CliDeps } from '../cli/index.ts'
import { AppError } from '../errors.ts'
import { type Probe, probeModel } from '../model/index.ts'
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
  const { name, baseUrl, models } = model.profile
  if (name === 'openai' && config.model.apiKey === null)
    return [{ name: 'model', isRight: false, detail: 'OPENAI_API_KEY is missing' }]
  const check = async (asked: string): Promise<Check> => {
    const { isRight, detail } = await probeModel({ db, model, now }, asked).then(readProbe, readError)
    return { name: `model ${asked}`, isRight, detail: `${baseUrl} (${name}): ${detail}` }
  }
  return Promise.all([...new Set(Object.values(models))].map(check))
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
