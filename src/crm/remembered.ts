export type Remembered<T> = {
  /** The answer for a key: asked for once. A failure is not remembered. */
  get(key: string): Promise<T>
  /** The answer asked for anew, and remembered from now on. */
  renew(key: string): Promise<T>
}

/** Remembers answers by key for as long as the process lives, or until they are renewed. */
export function remembered<T>(ask: (key: string) => Promise<T>): Remembered<T> {
  const answers = new Map<string, Promise<T>>()
  const renew = (key: string) => {
    const answer = ask(key)
    answers.set(key, answer)
    answer.catch(() => {
      if (answers.get(key) === answer) answers.delete(key)
    })
    return answer
  }
  return { renew, get: (key) => answers.get(key) ?? renew(key) }
}
