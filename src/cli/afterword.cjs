#!/usr/bin/env node
// Runs on whatever Node the shell has, so plain CommonJS: hands over to the Node that this package brings with it.
const { spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const path = require('node:path')

const own = path.join(path.dirname(require.resolve('node/package.json')), 'bin/node')
if (!existsSync(own)) require('../guard.cjs')

const main = path.join(__dirname, '../main.ts')
const child = spawn(existsSync(own) ? own : process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
// Ctrl-C reaches both by itself; this one only stays until the other has come to an end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
