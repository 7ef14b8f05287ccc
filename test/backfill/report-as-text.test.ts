import { expect, test } from 'vitest'
import { toCsv } from '../../src/backfill/csv.ts'
import { changesAsCsv, changesAsMarkdown } from '../../src/backfill/index.ts'
import { inMarkdown, markdownTable } from '../../src/backfill/markdown.ts'

test.each([
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['+14155550131', `'+14155550131`],
  ['-1', `'-1`],
  ['@SUM(A1)', `'@SUM(A1)`],
  ['  =1+1', `'  =1+1`],
  ['\t=1+1', `"'\t=1+1"`],
  ['\r=1', `"'\r=1"`],
  ['\u200b=1', `'\u200b=1`],
  ['＝1+1', `'＝1+1`],
  ['a=b', 'a=b'],
  ['two\nlines, "quoted"', '"two\nlines, ""quoted"""'],
  ['', ''],
  [null, ''],
  [-5, '-5'],
])('in CSV %j is %j', (value, written) => {
  expect(toCsv(['head'], [[value]])).toBe(`head\r\n${written}\r\n`)
})

test.each([
  ['a | b', 'a \\| b'],
  ['two\nlines\r\n# no title', 'two lines \\# no title'],
  ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert\\(1\\)\\>'],
  ['[click](javascript:alert(1))', '\\[click\\]\\(javascript:alert\\(1\\)\\)'],
  ['https://evil.example www.evil.example', 'https\\://evil.example www\\.evil.example'],
  ['&lt;b&gt; `code` \\', '&amp;lt;b&amp;gt; \\`code\\` \\\\'],
  ['\u202ereversed\u0007', 'reversed'],
  ['plain, text; with 1.5 %', 'plain, text; with 1.5 %'],
])('in Markdown %j is %j', (text, shown) => {
  expect(inMarkdown(text)).toBe(shown)
})

test('a long value is cut in Markdown, between characters', () => {
  expect([...inMarkdown('👋'.repeat(500))]).toHaveLength(160)
  expect(markdownTable(['a'], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |')
})

const plan = {
  item: 'plan',
  conversations: 6,
  unchanged: 3,
  changed: 1,
  appeared: 2,
  vanished: 0,
  changedShare: 0.5,
  nullRate: { before: 1 / 3, after: null },
  flips: [
    { from: 'Basic', to: 'Basic', conversations: 3 },
    { from: null, to: '=Pro', conversations: 2 },
    { from: 'Basic', to: '=Pro', conversations: 1 },
  ],
  newValues: [{ value: '=Pro', conversations: 3 }],
  otherFlips: 4,
}
const changes = { id: 7, compared: 6, isFirst: 1, items: [plan] }

test('changes are a matrix in Markdown, before down and after across', () => {
  const text = changesAsMarkdown(changes).join('\n\n')
  expect(text).toContain('| plan | 50.0 % | 3 | 1 | 2 | 0 | 33.3 % → – | =Pro \\(3\\) |')
  expect(text).toContain(
    [
      '| plan: before ↓ after → | Basic | \\(no value\\) | =Pro |',
      '| --- | --- | --- | --- |',
      '| Basic | 3 | 0 | 1 |',
      '| \\(no value\\) | 0 | 0 | 2 |',
      '| =Pro | 0 | 0 | 0 |',
    ].join('\n'),
  )
  expect(text).toContain('4 conversations with other values.')
})

test('changes are a row per pair of values in CSV', () => {
  expect(changesAsCsv(changes).split('\r\n')).toEqual([
    'item,what,from,to,conversations',
    'plan,unchanged,,,3',
    'plan,changed,,,1',
    'plan,appeared,,,2',
    'plan,vanished,,,0',
    'plan,flip,Basic,Basic,3',
    "plan,flip,,'=Pro,2",
    "plan,flip,Basic,'=Pro,1",
    'plan,other flips,,,4',
    '',
  ])
})
