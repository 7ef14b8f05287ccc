import { AppError } from '../../errors.ts'

/** A call of two hours with words and their times is 2 MB; what is longer is a file without line ends. */
const longestLine = 16 * 1024 * 1024

/** The lines of a body as they come in, with no more than one of them in memory. Throws `request.line_too_long` (413). */
export async function* readLines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body ?? []) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > longestLine) {
      throw new AppError('request.line_too_long', 'skip', 'a line of the body is longer than 16 MiB', { status: 413 })
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
