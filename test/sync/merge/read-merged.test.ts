import { expect, test } from 'vitest'
import { type Completion, noUsage } from '../../../src/model/index.ts'
import { readMerged } from '../../../src/sync/merge/read-merged.ts'

function answered(text: string, outcome: Completion['outcome'] = 'ok', reason: string | null = null) {
  return readMerged({ outcome, text, usage: noUsage, isMetered: true, requestId: null, model: 'm', reason })
}

test.each<[string, ReturnType<typeof answered>, unknown]>([
  ['a text', answered('{"merged_text":" It\'s \\"one\\"\\n👋 "}'), { text: 'It\'s "one"\n👋' }],
  ['0 is a text', answered('{"merged_text":"0"}'), { text: '0' }],
  ['without what nobody can see', answered('{"merged_text":"a\\u200b\\u0007b\\r\\nc"}'), { text: 'ab\nc' }],
  ['no characters', answered('{"merged_text":""}'), 'none'],
  ['blanks', answered('{"merged_text":" \\n\\u200b"}'), 'none'],
  ['a refusal', answered('', 'refused', 'refusal'), 'none'],
  ['a filter', answered('{"merged_text":"ha', 'filtered', 'content_filter'), 'none'],
  ['nothing', answered('', 'empty', 'no_choices'), 'none'],
  ['a cut answer', answered('{"merged_text":"ha', 'truncated', 'length'), { failed: 'truncated: length' }],
  ['a lost one', answered('', 'transport', 'http_502'), { failed: 'transport: http_502' }],
  ['no JSON', answered('Here you are'), { failed: 'invalid' }],
  ['another form', answered('{"merged_text":["a"]}'), { failed: 'invalid' }],
])('%s', (_, merged, expected) => expect(merged).toEqual(expected))
