#!/usr/bin/env node
// Runs under whatever Node the shell has, so plain CommonJS: hands over to the Node that this package brings with it.
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const path = require('node:path')

const own = path.join(
  path.dirname(require.resolve('node/package.json')),
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)
const main = path.join(__dirname, '../main.ts')

if (existsSync(own)) {
  // Ctrl-C reaches both: this one stays until the other has come to an end.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  const { status } = spawnSync(own, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exitCode = status ?? 1
} else {
  require('../guard.cjs')
}
