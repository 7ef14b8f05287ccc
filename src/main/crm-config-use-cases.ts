import { importStatus, reportImports } from '../contacts/index.ts'
import { readSchema } from '../crm/index.ts'
import { AppError, notFound } from '../errors.ts'
import { importing, requestImport } from '../jobs.ts'
import type { Kinds } from '../mapping/index.ts'
import { activeMappings, importRetellConfig, listApps, readCrmConfig, updateCrmConfig } from '../sync/index.ts'
import { kinds } from './kinds.ts'
import { activateMappingFiles } from './mapping-files.ts'
import type { Built } from './open-installation.ts'
import { mappingFoldersOf } from './shipped-mappings.ts'
import type { UseCases } from './use-cases.ts'

/** The use cases of the CRMs' configuration, in the source product's words. */
export function bindCrmConfig(built: Built) {
  const { db, queue, crms, config } = built
  const foreign = new Set([...crms.values()].flatMap((crm) => (crm.isOurs ? [] : [crm.connection])))
  const folders = mappingFoldersOf(config)
  return {
    readCrmConfig: () => readCrmConfig(db),
    updateCrmConfig: (input) => {
      const activate: Parameters<typeof updateCrmConfig>[0]['activate'] = (actor) => activateMappingFiles(built, actor)
      return updateCrmConfig({ db, folders, kinds, connections: foreign, activate }, input)
    },
    importRetellConfig: (input) => importRetellConfig({ db, kinds }, input),
    listApps: () => listApps(db, foreign),
    describeCrm: async (connection) => {
      const crm = crms.get(connection)
      if (crm === undefined || crm.isOurs) throw notFound('app', connection)
      const known: Kinds = kinds
      const mapped = (await activeMappings(db)).find((mapping) => mapping.connection === connection)?.object
      const object = mapped ?? known[crm.kind]?.objects?.[0]
      if (object === undefined) throw new AppError('crm.no_object', 'stop', `nothing of ${connection} can be mapped`)
      await built.checkConnection(connection)
      return { crm: crm.kind, fields: await readSchema({ db, crm }, object, { maxAgeMs: 0 }) }
    },
    requestImport: async () => {
      const asked: boolean[] = []
      for (const connection of foreign) asked.push(await requestImport(queue, connection, { isFull: true }))
      return asked.length === 0 || asked.some((isNew) => isNew)
    },
    importStatus: async () => {
      const jobs = (await queue.underWay(importing)).map(({ payload, isAtWork, since }) => {
        const { connection, isFull = false } = importing.payload.parse(payload)
        return { connection, isAll: isFull, isAtWork, since }
      })
      return importStatus(jobs, await reportImports(db))
    },
  } satisfies Partial<UseCases>
}
