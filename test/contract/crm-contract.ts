import { beforeAll, describe } from 'vitest'
import type { Account, RemoteAccount, VendorAccount } from './account.ts'
import { batchFaultContract } from './batch-fault-contract.ts'
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

/** The same, and what it promises of large writes in which calls go wrong, as vendors let them. */
export function vendorContract(name: string, makeAccount: () => Promise<VendorAccount>) {
  remoteContract(name, makeAccount)
  describe(`${name} keeps the contract in large writes`, () => batchFaultContract(madeOnce(makeAccount)))
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
