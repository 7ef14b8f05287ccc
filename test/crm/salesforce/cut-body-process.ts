// Writes one contact where a body is cut off or never comes: `plain` by jsforce as it is, `ours` by our adapter. Tells how it ended
// in one line; a process that dies tells nothing.
import { Connection } from 'jsforce/lib/connection.js'
import { salesforceOn } from '../../contract/salesforce-account.ts'

const [who, url = '', id = ''] = process.argv.slice(2)
const row = { externalId: id, values: { Note__c: 'x' } }

async function plain(): Promise<string> {
  const connection = new Connection({ instanceUrl: url, accessToken: 'x', version: '64.0' })
  return await connection.update('Contact', [{ Id: id, ...row.values }]).then(String, String)
}

async function ours(): Promise<string> {
  const [outcome] = await salesforceOn({ url }).write('Contact', [row])
  return outcome?.outcome ?? 'none'
}

const ended = await (who === 'plain' ? plain() : ours())
process.stdout.write(ended)
