import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a key looks like: `aw_<id>_<256 random bits>`. The id finds the row, the secret proves the rest. */
const pattern = /^aw_(\d{1,15})_([\w-]{43})$/

export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A secret of 256 random bits needs no slow hash: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

export function formatKey(id: number, secret: string): string {
  return `aw_${id}_${secret}`
}

export function readKey(text: string): { id: number; secret: string } | undefined {
  const [, id, secret] = pattern.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id: Number(id), secret }
}

/** Takes the same time wherever the two differ. */
export function isSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(hash))
}
