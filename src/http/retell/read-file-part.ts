import { AppError } from '../../errors.ts'

/** What comes before a part's content: name and file name, and a type that we do not look at. */
const mostOfHead = 16 * 1024

/**
 * Hands the part `file` of a body of `multipart/form-data` to `take` as it comes in, with no more than a piece of it in memory: the
 * platform's own reader keeps the whole. Throws `request.invalid` (400) for a body that is no such form, has no such part or breaks off.
 */
export async function readFilePart<T>(
  body: ReadableStream<Uint8Array> | null,
  contentType: string | undefined,
  take: (file: { fileName: string; bytes: AsyncIterable<Uint8Array> }) => Promise<T>,
): Promise<T> {
  const [, quoted, bare] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '') ?? []
  const boundary = quoted ?? bare
  if (body === null || boundary === undefined) throw invalid('expected multipart/form-data with a part named file')
  const source = openSource(body)
  // As if a line ended before the first boundary: the others begin with one.
  source.putBack(Buffer.from('\r\n'))
  const mark = Buffer.from(`\r\n--${boundary}`)
  await drain(source.upTo(mark))
  for (;;) {
    const head = await textOf(source.upTo(Buffer.from('\r\n\r\n'), Buffer.from('--')))
    if (head === null) throw invalid('there is no part named file')
    const [, name] = /;\s*name="([^"]*)"/i.exec(head) ?? []
    const [, fileName = ''] = /;\s*filename="([^"]*)"/i.exec(head) ?? []
    const bytes = source.upTo(mark)
    if (name === 'file') return take({ fileName, bytes })
    await drain(bytes)
  }
}

type Source = {
  putBack(bytes: Buffer): void
  /** What comes before `mark`, which is passed over; nothing where `end` comes first of all. */
  upTo(mark: Buffer, end?: Buffer): AsyncGenerator<Uint8Array, boolean>
}

function openSource(body: ReadableStream<Uint8Array>): Source {
  const chunks = body[Symbol.asyncIterator]()
  let rest = Buffer.alloc(0)
  const more = async () => {
    const { value, done } = await chunks.next()
    if (done || value === undefined) throw invalid('it breaks off before its end')
    rest = Buffer.concat([rest, value])
  }
  return {
    putBack: (bytes) => {
      rest = Buffer.concat([bytes, rest])
    },
    upTo: async function* (mark, end) {
      while (end && rest.length < end.length) await more()
      if (end && rest.subarray(0, end.length).equals(end)) return false
      for (;;) {
        const at = rest.indexOf(mark)
        // The mark may have begun at the end of what is here.
        const known = at >= 0 ? at : Math.max(0, rest.length - mark.length + 1)
        const piece = rest.subarray(0, known)
        rest = rest.subarray(at >= 0 ? known + mark.length : known)
        if (piece.length > 0) yield piece
        if (at >= 0) return true
        await more()
      }
    },
  }
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

async function textOf(bytes: AsyncGenerator<Uint8Array, boolean>): Promise<string | null> {
  let text = ''
  for (;;) {
    const { value, done } = await bytes.next()
    if (done) return value ? text : null
    text += Buffer.from(value).toString('utf8')
    if (text.length > mostOfHead) throw invalid('the head of a part is longer than 16 KiB')
  }
}

function invalid(problem: string): AppError {
  return new AppError('request.invalid', 'skip', `body: ${problem}`, { status: 400 })
}
