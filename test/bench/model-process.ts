import { startModelSandbox } from '../../src/sandbox/model/index.ts'

// The model stand-in in a process of its own: what it takes to answer is not what is measured. Ends with its standard input.
const models = await startModelSandbox({})
process.stdout.write(`${models.url}\n`)
process.stdin.once('close', () => void models.close()).resume()
