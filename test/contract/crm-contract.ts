import { beforeAll, describe } from 'vitest'
import type { Account } from './account.ts'
import { faultContract } from './fault-contract.ts'
import { readContract } from './read-contract.ts'
import { writeContract } from './write-contract.ts'

/** The promises of `Crm`, which every adapter keeps over real HTTP against its sandbox. */
export function crmContract(name: string, makeAccount: () => Promise<Account>) {
  describe(`${name} keeps the contract`, () => {
    let made: Account | undefined
    beforeAll(async () => {
      made = await makeAccount()
    })
    const account = () => {
      if (!made) throw new Error('the account is made before the first test')
      return made
    }
    readContract(account)
    writeContract(account)
    faultContract(account)
  })
}
