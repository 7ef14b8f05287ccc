export type { DemoHost } from './demo/demo-host.ts'
export { runDemo } from './demo/run-demo.ts'
export type { CliDeps, Opened } from './deps.ts'
export { runCli } from './run-cli.ts'
