import type { Actor } from '../audit/index.ts'
import type { CliDeps, Opened } from './deps.ts'

/** Opens the installation for the length of one command. */
export async function withOpened<T>(
  { open, user }: Pick<CliDeps, 'open' | 'user'>,
  command: (opened: Opened, actor: Actor) => Promise<T>,
): Promise<T> {
  const opened = await open()
  try {
    return await command(opened, { kind: 'cli', name: user })
  } finally {
    await opened.close()
  }
}
