import type { Command } from 'commander'
import type { FieldDraft } from '../../crm/index.ts'
import type { Preparation } from '../../sync/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { table } from '../show/table.ts'
import { withOpened } from '../with-opened.ts'

const widest = 120

export function addCrmPrepare(crm: Command, deps: CliDeps): void {
  crm
    .command('prepare')
    .description('show the fields that mapping files in force write and the CRM account lacks; with --yes create them')
    .argument('[connection]', 'by default all')
    .option('--yes', 'create them in HubSpot; in Salesforce an admin does')
    .addHelpText(
      'after',
      '\nNothing that is there is changed or removed. Twice is safe. Needs the scope crm.schemas.contacts.write.',
    )
    .action((connection: string | undefined, { yes: create = false }: { yes?: boolean }) =>
      withOpened(deps, async (opened, actor) => {
        const results = Object.entries(
          await opened.prepareConnections({ create, actor, ...(connection !== undefined && { connection }) }),
        )
        let hasFailed = false
        for (const [name, result] of results) {
          if ('failed' in result) {
            hasFailed = true
            deps.warn(`error: ${result.failed.message}`)
          } else {
            deps.print(show(name, result, create))
            hasFailed ||= result.fields.some(({ made }) => made?.outcome === 'refused')
          }
        }
        if (hasFailed) throw new Failed()
      }),
    )
}

function show(
  connection: string,
  { fields, canCreate }: { fields: Preparation[]; canCreate: boolean },
  create: boolean,
): string {
  if (fields.length === 0) return `${connection}: every field that the mapping files write is there`
  const rows = fields.map(({ draft, made }) => [draft.object, draft.name, draft.label, typeOf(draft), resultOf(made)])
  const lines = [`${connection}:`, table(['object', 'field', 'label', 'type', ''], rows, widest)]
  if (!canCreate) {
    lines.push(
      'An admin creates these: Setup → Object Manager → the object → Fields & Relationships → New, under these API names,',
    )
    lines.push('and gives the permission set of the integration user Edit on each; then afterword crm doctor.')
    if (fields.some(({ draft }) => draft.isUnique))
      lines.push('A field with unique values gets both "Unique" and "External ID".')
  } else if (!create) lines.push(`Nothing has been created: afterword crm prepare ${connection} --yes creates these.`)
  return lines.join('\n')
}

function typeOf({ kind, isLong, options, isUnique }: FieldDraft): string {
  const type = kind === 'text' && isLong ? 'long text' : kind
  return `${type}${options === null ? '' : `: ${options.join(', ')}`}${isUnique ? ', unique values' : ''}`
}

function resultOf(made: Preparation['made']): string {
  if (made === null) return 'missing'
  return made.outcome === 'refused' ? `REFUSED: ${made.why ?? ''}` : made.outcome
}
