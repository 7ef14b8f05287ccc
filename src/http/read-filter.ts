import { AppError } from '../errors.ts'
import { type Filter, parseFilter } from '../filters/index.ts'

/** The filter of a request. Throws `request.invalid` (400) with every mistake and its place, all below `name`. */
export function readFilter(name: string, input: unknown, kind: Filter['kind'] = 'any'): Filter {
  const parsed = parseFilter(input, { kind })
  if ('filter' in parsed) return parsed.filter
  const problems = parsed.errors.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`)
  throw new AppError('request.invalid', 'skip', problems.join('; '), { status: 400, facts: { problems } })
}

/** The filter of a query, where it stands as JSON. */
export function readFilterText(name: string, text: string | undefined): Filter {
  try {
    return readFilter(name, text === undefined ? undefined : JSON.parse(text))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new AppError('request.invalid', 'skip', `${name}: is not JSON`, { status: 400, cause })
  }
}
