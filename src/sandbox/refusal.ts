import type { HttpReply } from './http.ts'

/** Thrown by an operation that answers with a vendor's error body instead of doing its work. */
export class VendorRefusal extends Error {
  readonly reply: HttpReply

  constructor(message: string, reply: HttpReply) {
    super(message)
    this.reply = reply
  }
}

/** What a refusal thrown by `work` answers, or what `work` answers itself. */
export function refusable<T extends HttpReply>(work: () => T): T | HttpReply {
  try {
    return work()
  } catch (error) {
    if (error instanceof VendorRefusal) return error.reply
    throw error
  }
}

/** An order to a sandbox's admin that makes no sense. */
export function badOrder(message: string, status = 400): VendorRefusal {
  return new VendorRefusal(message, { status, body: { status: 'error', message } })
}
