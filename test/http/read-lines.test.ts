import { expect, test } from 'vitest'
import { readLines } from '../../src/http/v1/read-lines.ts'

async function linesOf(chunks: Uint8Array[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLines(ReadableStream.from(chunks))) lines.push(line)
  return lines
}

test.each([1, 2, 3, 7, 1000])('lines are the same when they come in chunks of %i bytes', async (size) => {
  const bytes = new TextEncoder().encode('{"a":"👋"}\r\n\n{"b":"ü\\n"}\nlast')
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.slice(n * size, (n + 1) * size))
  expect(await linesOf(chunks)).toEqual(['{"a":"👋"}\r', '', '{"b":"ü\\n"}', 'last'])
})

test('no body and an empty body have no lines', async () => {
  expect(await readLines(null).next()).toEqual({ done: true, value: undefined })
  expect(await linesOf([])).toEqual([])
})

test('a line without end is refused before it fills the memory', async () => {
  const chunk = new Uint8Array(1024 * 1024).fill(97)
  await expect(linesOf(Array.from({ length: 18 }, () => chunk))).rejects.toMatchObject({ status: 413 })
})
