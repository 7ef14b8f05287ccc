import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbedded } from '../../../src/db/index.ts'
import { createLog } from '../../../src/log.ts'
import { runStatement } from '../../support/database-server.ts'
import { type Figure, median, sampleMs } from '../figures.ts'

const log = createLog('error')

/** How long a person waits for the embedded server: at the very first start, at every later one, and per test file. */
export async function measure(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-bench-'))
  const fresh = ['a', 'b', 'c'].map((name) => path.join(folder, name))
  const [first = folder] = fresh
  try {
    const firstStarts = await sampleMs(3, () => startAndStop(fresh.pop() ?? folder))
    const laterStarts = await sampleMs(5, () => startAndStop(first))
    return [
      {
        name: 'first start and stop',
        median: median(firstStarts),
        baseline: 1_300,
        bar: 5_000,
        unit: 'ms',
        better: 'lower',
      },
      {
        name: 'later start and stop',
        median: median(laterStarts),
        baseline: 200,
        bar: 1_000,
        unit: 'ms',
        better: 'lower',
      },
      {
        name: 'database from a template',
        median: await copyMs(first),
        baseline: 22,
        bar: 250,
        unit: 'ms',
        better: 'lower',
      },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function startAndStop(folder: string): Promise<void> {
  const server = await startEmbedded({ folder, log })
  await server.stop()
}

async function copyMs(folder: string): Promise<number> {
  const server = await startEmbedded({ folder, log })
  let copies = 0
  const copy = () => runStatement(server.url, `create database copy_${++copies} template template0 strategy file_copy`)
  return sampleMs(9, copy).then(median).finally(server.stop)
}
