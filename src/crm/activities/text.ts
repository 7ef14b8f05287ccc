import type { ActivityDraft } from './contract.ts'

/** How a CRM takes a body: each paragraph is plain text when it comes in. */
export type BodyForm = {
  longest: number
  paragraph(text: string): string
  link(url: string): string
}

const CUT_MARK = '…'
const OURS = 'Afterword conversation '

export function titleOf({ kind, direction }: ActivityDraft): string {
  const way = { inbound: 'Inbound ', outbound: 'Outbound ' }
  const text = `${direction === null ? '' : way[direction]}${kind}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/**
 * The body: the summary, how the conversation ended, where to read it, and our key, by which an activity is recognised where the
 * account has no field for it. A summary that is too long is cut, between characters, and marked.
 */
export function bodyOf(draft: ActivityDraft, form: BodyForm): string {
  const { disconnectionReason, url, key } = draft
  const ended = disconnectionReason === null ? [] : [form.paragraph(`Ended: ${plain(disconnectionReason)}`)]
  const rest = [...ended, form.link(plain(url)), form.paragraph(`${OURS}${key}`)].join('')
  const summary = draft.summary === null ? '' : plain(draft.summary)
  return (summary === '' ? '' : fitting(summary, form, form.longest - rest.length)) + rest
}

/** The key in a body of ours, however the CRM has reformatted it. It stands last: a summary may say anything before it. */
export function keyInBody(body: string): string | null {
  const text = body.replaceAll(/<[^>]*>/g, ' ')
  const marks = [...text.matchAll(new RegExp(`${OURS}([a-z0-9_.~-]+)(?=\\s|$)`, 'g'))]
  return marks.at(-1)?.[1] ?? null
}

function fitting(summary: string, { paragraph }: BodyForm, room: number): string {
  const whole = paragraph(summary)
  if (whole.length <= room) return whole
  const characters = [...summary]
  let [fits, tooLong] = [0, characters.length]
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (paragraph(characters.slice(0, middle).join('') + CUT_MARK).length <= room) fits = middle
    else tooLong = middle
  }
  return paragraph(characters.slice(0, fits).join('') + CUT_MARK)
}

/** What no CRM takes is left out: NUL and other control characters, and halves of surrogate pairs. */
function plain(text: string): string {
  const printable = text.toWellFormed().replaceAll('\r\n', '\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return printable.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim()
}
