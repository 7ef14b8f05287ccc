import type { CrmWords } from '../words.ts'

export const hubspotWords: CrmWords = {
  name: 'HubSpot',
  ids: 'which are digits only',
  idOf: (text) => (/^[1-9]\d{0,19}$/.test(text) ? text : null),
  objectOf: () => undefined,
  // What its webhooks call contacts.
  aliases: { '0-1': 'contacts' },
}
