import type { CrmWords } from '../words.ts'
import { wholeId } from './ids.ts'

export const salesforceWords: CrmWords = {
  name: 'Salesforce',
  ids: 'which are 15 or 18 letters and digits',
  idOf: wholeId,
  // The first three characters of an id name its object; these two are the same in every org.
  objectOf: (id) => ({ '003': 'Contact', '00Q': 'Lead' })[id.slice(0, 3)],
  aliases: {},
  ownFieldName: (words) =>
    `${words.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/(?<=^|_)[a-z]/g, (letter) => letter.toUpperCase())}__c`,
}
