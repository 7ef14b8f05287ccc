import { AppError } from '../../errors.ts'
import type { ExplainDeps } from './explain-field.ts'
import type { ContactRecordOf } from './explain-record.ts'
import { fieldsOfRecord } from './field-of.ts'
import type { ExplainedRecord } from './types.ts'

/** What the CRM holds now, and whether that is another value than it held when we last looked; or why it does not answer. */
export async function readLive(
  { db, crms, checkConnection }: ExplainDeps,
  { connection, object, externalId }: ContactRecordOf,
  { field: name, seen }: ExplainedRecord,
): Promise<NonNullable<ExplainedRecord['live']>> {
  const crm = crms.get(connection)
  if (!crm)
    return { failed: { code: 'connection.not_found', message: `connection ${connection} is configured no more` } }
  try {
    await checkConnection(connection)
    const reading = (await crm.read(object, [externalId], [name])).get(externalId)
    if (!reading)
      return { failed: { code: 'record.not_found', message: `${connection} has no record ${externalId} any more` } }
    const value = reading.values[name] ?? null
    const field = (await fieldsOfRecord(db, { connection, object }, crm))(name)
    return { value, differs: field ? !crm.same(field, value, seen) : value !== seen }
  } catch (error) {
    if (error instanceof AppError) return { failed: { code: error.code, message: error.message } }
    throw error
  }
}
