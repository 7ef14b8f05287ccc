import { type Command, InvalidArgumentError } from 'commander'
import { formatValue, type Value } from '../../mapping/index.ts'
import type { CliDeps } from '../deps.ts'
import { table } from '../show/table.ts'
import { withOpened } from '../with-opened.ts'

export function addContactSet(program: Command, deps: CliDeps): void {
  program
    .command('contact')
    .description('our own contacts')
    .command('set')
    .description('set fields of a contact by hand; rules decide again at once')
    .argument('<contact>', 'contact_12, a number or an e-mail')
    .argument(
      '<field=value...>',
      'first_name, last_name, email, do_not_call or a custom field; nothing behind = empties it',
      readPair,
    )
    .requiredOption('--reason <text>', 'why; it stands in the audit')
    .action((contact: string, changes: Record<string, Value>, { reason }: { reason: string }) =>
      withOpened(deps, async (opened, actor) => {
        const edited = await opened.editContact({ contact, changes, actor, reason })
        const own = {
          email: edited.email,
          first_name: edited.firstName,
          last_name: edited.lastName,
          do_not_call: edited.doNotCall,
        }
        const held: Record<string, unknown> = { ...edited.fields, ...own }
        const rows = Object.keys(changes).map((field) => [field, formatValue((held[field] ?? null) as Value)])
        deps.print(`contact_${edited.id}\n${table(['field', 'value'], rows)}`)
      }),
    )
}

/** Commander hands over one word at a time, with what the earlier ones came to. */
function readPair(text: string, before: Record<string, Value> = {}): Record<string, Value> {
  const [, field, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? []
  if (field === undefined || value === undefined) throw new InvalidArgumentError('expected field=value')
  return { ...before, [field]: value.trim() === '' ? null : value }
}
