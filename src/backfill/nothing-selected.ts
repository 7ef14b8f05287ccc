import { AppError } from '../errors.ts'
import { type Filter, formatFilter } from '../filters/index.ts'

export function nothingSelected(filter: Filter): AppError {
  return new AppError('backfill.empty', 'skip', `no conversation matches ${formatFilter(filter)}`, { status: 422 })
}
