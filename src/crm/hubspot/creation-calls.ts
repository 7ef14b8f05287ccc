import type { z } from 'zod'
import type { CallCounts } from '../contract.ts'
import type { createSdk } from './sdk.ts'
import { batchSchema, type WireBatch } from './wire.ts'

/** What the calls of the client are made with: paced, parsed and sent again where that is safe. */
export type BatchTools = {
  call<T>(
    schema: z.ZodType<T>,
    send: () => Promise<unknown>,
    how?: { policy?: 'read' | 'write'; count?: () => void },
  ): Promise<T>
  batchApi: ReturnType<typeof createSdk>['batchApi']
}

export type KeyedRow = { key: string; properties: Record<string, string> }

/** The calls of the client that know records by a property with unique values (crm.md 1.2). */
export function creationCalls({ call, batchApi }: BatchTools) {
  return {
    /** At most 100 keys; records that are not there are missing. Not the index: what was just written is found. */
    readByKey(object: string, ask: { keyField: string; keys: string[] }, counts?: CallCounts): Promise<WireBatch> {
      const { keyField, keys } = ask
      const body = {
        inputs: keys.map((id) => ({ id })),
        idProperty: keyField,
        properties: [keyField],
        propertiesWithHistory: [],
      }
      return call(batchSchema, () => batchApi.read(object, body), { count: () => counts && counts.read++ })
    },

    /** At most 100, created or changed by the key. Not sent again after a lost answer. */
    upsertByKey(object: string, keyField: string, rows: readonly KeyedRow[], counts?: CallCounts): Promise<WireBatch> {
      const inputs = rows.map(({ key, properties }) => {
        return { id: key, idProperty: keyField, objectWriteTraceId: key, properties }
      })
      const options = { policy: 'write', count: () => counts && counts.write++ } as const
      return call(batchSchema, () => batchApi.upsert(object, { inputs }), options)
    },
  }
}
