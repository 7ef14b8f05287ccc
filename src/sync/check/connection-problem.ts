import { type Mapping, type Problem, placesIn } from '../../mapping/index.ts'

/** Whether a mapping names a connection that is not among these (kind by name), or one of another kind. Pure. */
export function connectionProblem(mapping: Mapping, connections: ReadonlyMap<string, string>): Problem | null {
  const { path, connection, crm, text } = mapping
  const kind = connections.get(connection)
  if (kind === crm) return null
  const at = placesIn(text)
  if (kind !== undefined) {
    return { path, ...at(['crm']), message: `connection ${connection} is a ${kind} account, not ${crm}` }
  }
  const known = [...connections.keys()].join(', ') || 'none'
  const message = `there is no connection "${connection}"; there are ${known}`
  return { path, ...at(['connection']), message }
}
