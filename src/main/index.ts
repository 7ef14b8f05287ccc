export { demo } from './demo.ts'
export { doctor } from './doctor.ts'
export { kinds } from './kinds.ts'
export { activateMappingFiles, watchMappingFiles } from './mapping-files.ts'
export { openForCommand } from './open-for-command.ts'
export {
  checkConnections,
  type Installation,
  openInstallation,
  startWorking,
} from './open-installation.ts'
export { activateScheduleFiles } from './schedule-files.ts'
export { openWeb, serve } from './serve.ts'
export { backfillFoldersOf, mappingFoldersOf } from './shipped-mappings.ts'
