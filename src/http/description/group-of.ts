/** The groups in which the page shows what the API answers, in this order, and whose paths they are. The first that fits counts. */
const groups: { name: string; description: string; paths: RegExp }[] = [
  {
    name: 'Conversations',
    description: 'Calls and chats, their analyses and corrections.',
    paths: /^\/v1\/conversations(?!.*\/(rerun|keep)$)/,
  },
  { name: 'Reruns', description: 'One conversation, or up to a hundred.', paths: /^\/v1\/(reruns|conversations)/ },
  { name: 'Backfills', description: 'Everything that a filter selects.', paths: /^\/v1\/(backfills|schedules)/ },
  { name: 'Runs', description: 'What a rerun or a backfill has done to the CRM; undo.', paths: /^\/v1\/(runs|push)/ },
  { name: 'Contacts', description: 'People, and which CRM record is theirs.', paths: /^\/v1\/(contacts|matches)/ },
  { name: 'Triggers', description: 'Reruns that a CRM asks for.', paths: /^\/v1\/triggers/ },
  { name: 'Settings', description: 'Agents, mapping files, limits and imports.', paths: /^\/v1\// },
  { name: 'Intake', description: 'Webhooks of vendors of conversations.', paths: /^\/intake\// },
  { name: 'Compatible: calls', description: 'As code for Retell AI asks.', paths: /-calls?\b/ },
  { name: 'Compatible: agents', description: 'As code for Retell AI asks.', paths: /-(chat-)?agents?\b/ },
  { name: 'Compatible: chats', description: 'As code for Retell AI asks.', paths: /-chats?\b/ },
  { name: 'Compatible: contacts', description: 'As code for Retell AI asks.', paths: /-contacts?\b/ },
  { name: 'Compatible: CRM', description: 'As code for Retell AI asks.', paths: /-(crm|sync|apps?|api)\b/ },
  { name: 'Service', description: 'Whether it lives and can work; this description.', paths: /^/ },
]

/** The names and descriptions of the groups, in their order. */
export const tags = groups.map(({ name, description }) => ({ name, description }))

/** The group of a path. Pure. */
export function groupOf(path: string): string {
  return groups.find(({ paths }) => paths.test(path))?.name ?? ''
}
