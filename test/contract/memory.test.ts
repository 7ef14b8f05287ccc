import { afterAll } from 'vitest'
import { remoteContract } from './crm-contract.ts'
import { documentAccount, emptyDocument } from './document/account.ts'
import { httpStore, startMemoryServer } from './document/memory-server.ts'

const document = emptyDocument()
const server = await startMemoryServer(document, 'let me in')
afterAll(() => server.close())

remoteContract('A document in memory', async () => {
  const store = httpStore(server.url, 'let me in')
  return documentAccount(store, async (work) => work(document), server.fail, httpStore(server.url, 'a stranger'))
})
