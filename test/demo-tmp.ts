import { parseConfig } from '../src/config.ts'
import { startThrowaway } from '../src/db/index.ts'
import { createLog } from '../src/log.ts'
import { activateMappingFiles, demoHost, onSandbox, openInstallation, startWorking } from '../src/main.ts'
import { startSandbox } from '../src/sandbox/index.ts'
import { runDemo } from '../src/cli/demo/run-demo.ts'
const log = createLog('warn')
const pg = await startThrowaway({ log })
const sandbox = await startSandbox()
const inst = await openInstallation(onSandbox(parseConfig({ DATABASE_URL: pg.url }), sandbox), log)
await activateMappingFiles(inst)
await startWorking(inst)
await runDemo(demoHost(inst, sandbox, 'http://x'), (t) => process.stdout.write(`${t}\n`))
await inst.close(); await sandbox.close(); await pg.stop()
