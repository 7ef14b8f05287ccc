import { z } from 'zod'
import { startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts'
import type { AtEnd } from '../support/database.ts'
import { rowsWritten, textField } from '../support/records.ts'
import type { World } from '../support/world.ts'

/** One CRM as the tests of triggers use it. */
export type CrmSide = {
  connection: string
  /** What a person calls the account. */
  account: string
  object: string
  field: string
  /** An id that no record has, and one that no record can have. */
  missingId: string
  brokenId: string
  /** A record there with this number, which our index need not know; its id. */
  addRecord(number: string): string
  held(recordId: string): string | null | undefined
  /** Merges the second record into the first; returns the id of what is left. */
  merge(recordId: string, other: string): Promise<string>
  /** How many rows we have sent to be written. */
  writes(): number
  /** The next calls of this sort are answered with 503. */
  refuse(calls: 'reads' | 'writes', times: number): void
  /** How many of them are still to come. */
  refusalsLeft(): number
  /** The record is gone from the CRM. */
  lose(recordId: string): void
  /** From now on a workflow calls this address whenever the field changes. */
  callOut(url: string, headers: Record<string, string>): void
  /** Resolves when no workflow's call is under way. */
  settled(): Promise<void>
}

const at = '2026-01-01T00:00:00Z'

/** What a CRM needs in the environment before a world opens, and how the tests use it once that is open. */
export type CrmStand = { settings: Record<string, string>; sideOf(world: World): CrmSide }

const hubspot: CrmStand = {
  settings: {},
  sideOf(world) {
    const { hubspot: sandbox } = world
    sandbox.defineProperties([textField('plan_wanted')])
    return {
      connection: 'main',
      account: 'HubSpot account main',
      object: 'contacts',
      field: 'plan_wanted',
      missingId: '101',
      brokenId: 'Ada',
      addRecord: (phone) => sandbox.createContacts([{ properties: { phone }, at }])[0] ?? '',
      held: (recordId) => world.held(recordId).plan_wanted,
      merge: async (primaryObjectId, objectIdToMerge) => {
        const answer = await fetch(`${sandbox.url}/crm/v3/objects/contacts/merge`, {
          method: 'POST',
          headers: { authorization: 'Bearer sandbox-hubspot', 'content-type': 'application/json' },
          body: JSON.stringify({ primaryObjectId, objectIdToMerge }),
        })
        return z.object({ id: z.string() }).parse(await answer.json()).id
      },
      writes: () => rowsWritten(world),
      refuse: (calls, times) => {
        const operation = calls === 'reads' ? 'contacts.batch_read' : 'contacts.batch_update'
        sandbox.addFault({ operation, kind: 'status', status: 503, times })
      },
      refusalsLeft: () => sandbox.state().faults.length,
      lose: () => sandbox.reset(),
      callOut: (url, headers) => {
        sandbox.configure({ callouts: [{ object: 'contact', field: 'plan_wanted', url, headers }] })
      },
      settled: () => sandbox.settled(),
    }
  },
}

async function startSalesforce(atEnd: AtEnd): Promise<CrmStand> {
  const sandbox = await startSalesforceSandbox()
  atEnd(() => sandbox.close())
  sandbox.defineFields('Contact', [{ name: 'Plan_Wanted__c', kind: 'text', length: 255 }])
  const side: CrmSide = {
    connection: 'sales',
    account: 'Salesforce account sales',
    object: 'Contact',
    field: 'Plan_Wanted__c',
    missingId: '003000000099999AAA',
    brokenId: 'Ada',
    addRecord: (Phone) => sandbox.createRecords('Contact', [{ values: { LastName: 'Test', Phone }, at }])[0] ?? '',
    held: (recordId) => {
      const record = sandbox.state().records.Contact?.find(({ id }) => id === recordId)
      return z.string().nullish().parse(record?.values.Plan_Wanted__c)
    },
    merge: async (winnerId, loserId) => {
      sandbox.merge({ object: 'Contact', winnerId, loserId })
      return winnerId
    },
    writes: () => sandbox.requests().operations['collections.update']?.rows ?? 0,
    refuse: (calls, times) => {
      const operation = calls === 'reads' ? 'collections.retrieve' : 'collections.update'
      sandbox.addFault({ operation, kind: 'status', status: 503, times })
    },
    refusalsLeft: () => sandbox.state().faults.length,
    lose: (id) => sandbox.remove({ object: 'Contact', id }),
    callOut: (url, headers) => {
      sandbox.configure({ callouts: [{ object: 'Contact', field: 'Plan_Wanted__c', url, headers }] })
    },
    settled: () => sandbox.settled(),
  }
  return {
    settings: {
      AFTERWORD_CONNECTIONS: 'main,sales',
      AFTERWORD_CONNECTION_SALES_KIND: 'salesforce',
      AFTERWORD_CONNECTION_SALES_URL: sandbox.url,
      AFTERWORD_CONNECTION_SALES_CLIENT_ID: 'sandbox-salesforce',
      AFTERWORD_CONNECTION_SALES_CLIENT_SECRET: 'sandbox-salesforce-secret',
    },
    sideOf: () => side,
  }
}

/** The CRMs that ask: another is an entry here, with a mapping file in its folder. */
export const crms = {
  hubspot: async (_atEnd: AtEnd) => hubspot,
  salesforce: startSalesforce,
}
