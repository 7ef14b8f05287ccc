import { AsyncLocalStorage } from 'node:async_hooks'

const background = new AsyncLocalStorage<true>()

/** Does work that nobody waits for: whatever it asks of a CRM gives way to what a person waits for. */
export function inBackground<T>(work: () => Promise<T>): Promise<T> {
  return background.run(true, work)
}

/** Whether what is being done just now is done by `inBackground`. */
export function isBackground(): boolean {
  return background.getStore() ?? false
}
