import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Whether any process names this folder on its command line. A bare Linux machine may have no `ps`. */
export function processesOn(folder: string): boolean {
  return commandLines().some((command) => command.includes(folder))
}

function commandLines(): string[] {
  if (process.platform !== 'linux') return execFileSync('ps', ['-eo', 'command='], { encoding: 'utf8' }).split('\n')
  return readdirSync('/proc').filter(isPid).map(commandLine)
}

function isPid(name: string): boolean {
  return /^\d+$/.test(name)
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it ended meanwhile
  }
}
