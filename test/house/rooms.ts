import type { Import } from './sources.ts'

/** The rooms of DESIGN section 3, top to bottom: each may import those before it. */
const rooms = [
  'db',
  'filters',
  'audit',
  'queue',
  'limits',
  'mapping',
  'crm',
  'model',
  'agents',
  'contacts',
  'conversations',
  'analysis',
  'sync',
  'backfill',
  'webhooks',
  'triggers',
  'jobs',
  'pipeline',
  'http',
  'console',
  'cli',
  'main',
]

/** Beside the rooms: everyone may import these, `config` for its types only; `config` itself may name types of rooms. */
const beside = ['errors', 'log', 'config']
/** Rooms that stand alone, with all that they may import of ours. */
const apart: Record<string, string[]> = { sandbox: [], filters: [], mapping: ['filters'] }
/** The one file of `mapping` that is not pure. */
const impure: Record<string, string[]> = { 'src/mapping/files.ts': ['filters', 'errors', 'log'] }
/** Nobody but `main` imports these. */
const ends = ['pipeline', 'http', 'console', 'cli', 'main', 'sandbox']

/** The room a source file belongs to: its folder below `src`, or its own name when it lies there itself. */
export function roomOf(file: string): string {
  const [, place = ''] = file.split('/')
  return place.replace(/\.\w+$/, '')
}

export function isKnownRoom(room: string): boolean {
  return rooms.includes(room) || beside.includes(room) || room in apart
}

/** Why a file may not make this import, or undefined when it may. */
export function objection(file: string, { target, typeOnly }: Import): string | undefined {
  if (target === undefined) return undefined
  if (!target.startsWith('src/')) return file === 'src/db/migrate.ts' ? undefined : 'leads out of src'
  const from = roomOf(file)
  const to = roomOf(target)
  if (from === to) return undefined
  const allowed = impure[file] ?? apart[from]
  if (allowed !== undefined && !allowed.includes(to))
    return `${from} may import ${allowed.join(', ') || 'nothing of ours'}`
  if (from === 'main') return viaIndex(target, to)
  if (beside.includes(to))
    return to === 'config' && !typeOnly ? 'config is passed as values: import its types only' : undefined
  if (from === 'config' && typeOnly) return viaIndex(target, to)
  if (beside.includes(from)) return `${from} may import no room`
  if (ends.includes(to)) return `only main may import ${to}`
  if (rooms.indexOf(to) > rooms.indexOf(from)) return `${to} lies below ${from} (DESIGN section 3)`
  return viaIndex(target, to)
}

function viaIndex(target: string, room: string): string | undefined {
  const entrance = [`src/${room}/index.ts`, `src/${room}.ts`]
  return entrance.includes(target) ? undefined : `${room} is entered by its index.ts`
}
