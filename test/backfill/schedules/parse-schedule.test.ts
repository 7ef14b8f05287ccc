import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSchedule } from '../../../src/backfill/schedules/parse-schedule.ts'
import { formatProblem } from '../../../src/mapping/index.ts'

function problemsOf(text: string): string[] {
  const read = parseSchedule(text, 'nightly.yaml')
  return 'problems' in read ? read.problems.map(formatProblem) : []
}

const least = 'name: nightly\nreason: test\nevery: day at 02:30\nfilter: {}\n'

test('a file plans what the API would, with the times of its moment', () => {
  const read = parseSchedule(
    `name: nightly
reason: yesterday again
every: mon-fri at 02:30
time_zone: Europe/Berlin
filter: { start_timestamp: { last: day }, agent: agent_1 }
sample: { share: 0.1, seed: 7 }
max_conversations: 50
max_cost_usd: 2
drafts_of: [agent_1]
canary: { contacts: 5, go_on: by_itself, stop_at: { changed: 0.2 }, fields: { plan: { null: 0 } } }
concurrency: 4
cap: { usd: 5, per: week }
`,
    'nightly.yaml',
  )
  if ('problems' in read) throw new Error(read.problems.map(formatProblem).join('\n'))
  const { schedule } = read
  expect(schedule).toMatchObject({
    name: 'nightly',
    enabled: true,
    rhythm: 'mon-fri at 02:30',
    zone: 'Europe/Berlin',
    cap: { usd: 5, per: 'week' },
  })
  const time = (op: string, at: string) => {
    return { field: 'start_timestamp', test: { type: 'number', op, value: Date.parse(at) } }
  }
  expect(schedule.planAt(new Date('2026-03-10T01:30:00Z'))).toEqual({
    filter: {
      kind: 'any',
      conditions: [
        time('ge', '2026-03-08T23:00:00Z'),
        time('lt', '2026-03-09T23:00:00Z'),
        { field: 'agent', anyOf: [{ agentId: 'agent_1', versions: [] }] },
      ],
    },
    reason: 'yesterday again',
    guards: { sample: { share: 0.1, seed: 7 }, maxConversations: 50, maxCostUsd: 2, draftsOf: ['agent_1'] },
    canary: { contacts: 5, goOn: 'by_itself', stopAt: { changed: 0.2 }, fields: { plan: { null: 0 } } },
    concurrency: 4,
  })
  const mapping = parseSchedule(`${least}mapping_only: true\nfields: [budget]\n`, 'nightly.yaml')
  expect('schedule' in mapping && mapping.schedule.planAt(new Date())).toMatchObject({
    mappingOnly: { fields: ['budget'] },
  })
})

test('the file that ships is right, and switched off', () => {
  const path = join(import.meta.dirname, '../../../backfills/nightly-failed.yaml')
  expect(parseSchedule(readFileSync(path, 'utf8'), path)).toMatchObject({
    schedule: { name: 'nightly-failed', enabled: false },
  })
})

test('every mistake is told at once, at its place, with what would be right', () => {
  expect(
    problemsOf(`nmae: nightly
reason: ' '
every: daily at 2
time_zone: Berlin
filter:
  start_timestamp: { last: days }
  disconection_reason: user_hangup
sample: { first: 0 }
canary: { contacts: 50, stop_at: { change: 0.1 } }
concurrency: "8"
fields: [budget]
cap: { usd: 5, per: moth }
max_csot_usd: 5
`),
  ).toEqual([
    'nightly.yaml:1:1  "name" is missing; expected a name, such as nightly-failed',
    'nightly.yaml:1:1  unknown key "nmae"; did you mean "name"?',
    'nightly.yaml:2:9  must not be blank',
    'nightly.yaml:3:8  expected hour, hour at :15, day at 02:30, mon-fri at 02:30, mon, thu at 02:30 or month on 1 at 02:30',
    'nightly.yaml:4:12  expected an IANA time zone, such as Europe/Berlin',
    'nightly.yaml:6:28  expected one of: hour, day, week, month; did you mean "day"?',
    'nightly.yaml:7:3  unknown key "disconection_reason"; did you mean "disconnection_reason"?',
    'nightly.yaml:8:18  expected a whole number from 1 to 1,000,000',
    'nightly.yaml:9:36  unknown key "change"; did you mean "changed"?',
    'nightly.yaml:10:14  expected a whole number from 1 to 256: 8 without quotes',
    'nightly.yaml:11:1  "fields" goes with "mapping_only: true"',
    'nightly.yaml:12:21  expected one of: day, week, month; did you mean "month"?',
    expect.stringMatching(/^nightly.yaml:13:1 {2}unknown key "max_csot_usd"; did you mean "max_cost_usd"\?$/),
  ])
})

test.each([
  ['', ['nightly.yaml:1:1  expected the keys of a backfill that repeats: name, reason, every, filter']],
  [`${least}name: other\n`, ['nightly.yaml:5:1  this key is there twice']],
  [
    `${least}mapping_only: true\ncanary: { contacts: 5 }\n`,
    ['nightly.yaml:6:1  leave "canary" out: what asks no model is planned exactly'],
  ],
  [least.replace('nightly', 'retention'), ['nightly.yaml:1:7  has another meaning: choose another name']],
  [
    least.replace('nightly', 'Every Night'),
    ['nightly.yaml:1:7  expected a name of a-z, 0-9, - and _ that starts with a letter'],
  ],
  [least.replace('{}', 'all'), ['nightly.yaml:4:9  expected conditions, such as { start_timestamp: { last: day } }']],
])('%j', (text, problems) => {
  expect(problemsOf(text)).toEqual(problems)
})
