import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Db, withLock } from '../../db/index.ts'
import { parseJson } from '../parse-json.ts'
import { seal, unseal } from './seal.ts'
import { findTokens, saveTokens } from './store.ts'

/** Where a request gets its token from. */
export type TokenSource = {
  current(): Promise<string>
  /** Another one than this, which was refused. */
  instead(refused: string): Promise<string>
}

/** What the other side handed out; without a refresh token of its own the one used stays good. */
export type Grant = { accessToken: string; refreshToken: string | null; lifeMs: number }

const tokensSchema = z.object({ access: z.string(), refresh: z.string() })

/** Renewed when this share of its life is over: a 401 is no dependable sign that it is time (crm.md 3.3). */
const goodShare = 0.8
/** How often it is looked whether another process has renewed the token. */
const lookMs = 50

type Known = { access: string; refresh: string; until: number }

/**
 * The access token of one connection, renewed by one process for all: under a lock, and stored sealed. `refreshToken` is that of
 * the settings: a new one there wins over what is stored. `renew` asks for tokens; what it throws is thrown, and nothing is stored.
 */
export function sharedTokens(
  { db, secret }: { db: Db; secret: string },
  options: { connection: string; app: string; refreshToken: string; renew: (refreshToken: string) => Promise<Grant> },
): TokenSource {
  const { connection, app, refreshToken, renew } = options
  const grantHash = createHash('sha256')
    .update(JSON.stringify([app, refreshToken]))
    .digest('hex')
  let known: Known | null = null
  let asking: Promise<Known> | null = null

  async function stored(): Promise<Known | null> {
    const found = await findTokens(db, connection, grantHash)
    const text = found && unseal(secret, connection, found.sealed)
    const tokens = tokensSchema.safeParse(text ? parseJson(text) : null).data
    return tokens && found ? { ...tokens, until: performance.now() + found.leftMs } : null
  }

  async function renewed(refused: string | null): Promise<Known> {
    const held = await stored()
    if (held && isGood(held, refused)) return held
    const { accessToken: access, refreshToken: next, lifeMs } = await renew(held?.refresh ?? refreshToken)
    const refresh = next ?? held?.refresh ?? refreshToken
    const sealed = seal(secret, connection, JSON.stringify({ access, refresh }))
    const goodForMs = lifeMs * goodShare
    await saveTokens(db, { connection, grantHash, sealed, goodForMs })
    return { access, refresh, until: performance.now() + goodForMs }
  }

  async function ask(refused: string | null): Promise<Known> {
    for (;;) {
      const held = await stored()
      if (held && isGood(held, refused)) return held
      const made = await withLock(db, `crm.token:${connection}`, () => renewed(refused))
      if (made) return made
      await sleep(lookMs)
    }
  }

  async function obtain(refused: string | null): Promise<string> {
    if (known && isGood(known, refused)) return known.access
    asking ??= ask(refused).finally(() => {
      asking = null
    })
    known = await asking
    return known.access
  }

  return { current: () => obtain(null), instead: (refused) => obtain(refused) }
}

function isGood({ access, until }: Known, refused: string | null): boolean {
  return access !== refused && performance.now() < until
}
