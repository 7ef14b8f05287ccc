import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMappingFile } from './files.ts'

export type Watch = { close(): Promise<void> }

/** Between one failure of `changed` and the next call: a database that is away should not fill the log. */
const patienceMs = 5000

/**
 * Looks at the mapping files of these folders every `everyMs` and calls `changed` when they are not what they were and have
 * been still for one look: once at the start, then for each new, saved, renamed or deleted file, and for a folder that comes or
 * goes. Never twice at once. What `changed` throws goes to `failed`, and it is called again after a while.
 */
// By looking, not by the system's notices: those miss network folders, mounted volumes and swapped links, and end with the
// folder. One look at 20 files takes 1 ms.
export function watchFolders(
  folders: readonly string[],
  { everyMs = 500, changed, failed }: { everyMs?: number; changed(): Promise<void>; failed(error: unknown): void },
): Watch {
  const stop = new AbortController()
  const watching = (async () => {
    let known: string | null = null
    let last = await look(folders)
    while (!stop.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
      if (stop.signal.aborted) return
      const now = await look(folders)
      if (now === last && now !== known) {
        known = await changed().then(() => now, told(failed))
        if (known === null)
          await sleep(patienceMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
      }
      last = now
    }
  })()
  return {
    async close() {
      stop.abort()
      await watching
    },
  }
}

function told(failed: (error: unknown) => void): (error: unknown) => null {
  return (error) => {
    failed(error)
    return null
  }
}

/** What tells one state of the files from another: names, and of each the file behind it and when it last changed. */
async function look(folders: readonly string[]): Promise<string> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => null)
      if (names === null) return `${folder} is not there`
      const files = names.filter(isMappingFile).sort()
      return Promise.all(files.map((name) => stateOf(join(folder, name))))
    }),
  )
  return found.flat().join('\n')
}

async function stateOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found === null
    ? `${path} is not there`
    : `${path} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`
}
