import { beforeAll, describe } from 'vitest'
import type { Account, RemoteAccount } from './account.ts'
import { faultContract } from './fault-contract.ts'
import { readContract } from './read-contract.ts'
import { writeContract } from './write-contract.ts'

/** The promises of `Crm`, which every adapter keeps: where it calls somebody, over real HTTP against its sandbox. */
export function crmContract(name: string, makeAccount: () => Promise<Account>) {
  describe(`${name} keeps the contract`, () => {
    const account = madeOnce(makeAccount)
    readContract(account)
    writeContract(account)
  })
}

/** The same, and what it promises where calls go wrong. */
export function remoteContract(name: string, makeAccount: () => Promise<RemoteAccount>) {
  describe(`${name} keeps the contract`, () => {
    const account = madeOnce(makeAccount)
    readContract(account)
    writeContract(account)
    faultContract(account)
  })
}

function madeOnce<A>(makeAccount: () => Promise<A>): () => A {
  let made: A | undefined
  beforeAll(async () => {
    made = await makeAccount()
  })
  return () => {
    if (!made) throw new Error('the account is made before the first test')
    return made
  }
}
