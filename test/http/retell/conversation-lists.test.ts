import type { CallListParams } from 'retell-sdk/resources/call'
import type { ChatListParams } from 'retell-sdk/resources/chat'
import { beforeAll, expect, test } from 'vitest'
import { sampleCall, sampleChat } from '../../conversations/samples.ts'
import { openSdk } from './open-sdk.ts'

const { client, take, useCases, actor, call: request } = await openSdk()

const first = 1_760_000_000_000
const calls = 7
const minuteMs = 60_000
/** Call 0 is the oldest. Calls 0 and 1 began at the same moment, the last one never did. */
const callOf = (n: number) =>
  sampleCall({
    call_id: `call_${n}`,
    agent_id: n < 4 ? 'agent_1' : 'agent_2',
    agent_version: n % 2,
    agent_tag: n === 2 ? 'prod' : null,
    batch_call_id: `batch_${n % 3}`,
    call_status: n === 6 ? 'not_connected' : 'ended',
    call_type: n === 5 ? 'web_call' : 'phone_call',
    direction: n % 2 === 0 ? 'inbound' : 'outbound',
    from_number: `+1415555010${n}`,
    to_number: `+1212555019${n}`,
    start_timestamp: n === 6 ? null : first + Math.max(0, n - 1) * minuteMs,
    end_timestamp: n === 6 ? null : first + n * minuteMs,
    duration_ms: n * 1000,
    disconnection_reason: n === 6 ? 'dial_busy' : 'user_hangup',
    data_storage_setting: n === 3 ? 'everything_except_pii' : 'everything',
    call_cost: { combined_cost: n * 1.5 },
    latency: { e2e: { p50: n * 100 } },
    call_analysis: { in_voicemail: n === 4 },
    custom_attributes: { region: n < 3 ? 'north' : 'south', score: n },
    metadata: n === 1 ? {} : { plan: n < 2 ? 'Basic' : 'Pro', n },
    retell_llm_dynamic_variables: { name: `N${n}` },
    transcript_with_tool_calls: [
      { role: 'user', content: n === 3 ? 'I am Ada Byron.' : 'I am very happy, thank you!' },
      { role: 'tool_call_invocation', tool_call_id: 't', name: n === 0 ? 'book' : 'look_up', arguments: '{}' },
      { role: 'tool_call_result', tool_call_id: 't', content: '', successful: n !== 2 },
    ],
    transcript_object: null,
    transcript: null,
    // All that is kept of the one without PII.
    scrubbed_transcript_with_tool_calls: [{ role: 'user', content: 'I want the Pro plan. It is booked, thank you.' }],
  })

beforeAll(async () => {
  await take(...Array.from({ length: calls }, (_, n) => callOf(n)))
  await take(
    ...['a', 'b', 'c'].map((name, n) =>
      sampleChat({
        chat_id: `chat_${name}`,
        chat_status: n === 2 ? 'ongoing' : 'ended',
        start_timestamp: first + n,
        end_timestamp: first + n + 5_000 * n,
        chat_cost: { combined_cost: n },
        custom_attributes: { score: n },
      }),
    ),
  )
  const plan = { type: 'enum', name: 'plan', description: 'The plan.', choices: ['Basic', 'Pro'] }
  const body = { post_call_analysis_data: [plan] }
  await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body, actor })
  await client.call.rerunAnalysis('call_3')
  await useCases.correctField({
    conversationId: 'call_3',
    item: 'call_summary',
    value: 'By hand.',
    actor,
    reason: 'test',
  })
})

const newestFirst = ['call_6', 'call_5', 'call_4', 'call_3', 'call_2', 'call_0', 'call_1']
const idsOf = (items: { call_id: string }[]) => items.map((item) => item.call_id)

async function walk(params: CallListParams): Promise<string[][]> {
  const pages: string[][] = []
  for (let key: string | undefined; ; ) {
    const page = await client.call.list({ ...params, ...(key !== undefined && { pagination_key: key }) })
    pages.push(idsOf(page.items))
    expect(page.has_more).toBe(page.pagination_key !== undefined)
    if (!page.has_more) return pages
    key = page.pagination_key
  }
}

test.each([1, 2, 3, 7, 1000])('pages of %i, walked by their keys, show every call once, both ways', async (limit) => {
  const pages = await walk({ limit })
  expect(pages.flat()).toEqual(newestFirst)
  expect(pages.every((page) => page.length > 0)).toBe(true)
  expect((await walk({ limit, sort_order: 'ascending' })).flat()).toEqual(newestFirst.toReversed())
})

test('a page goes on where it left off, whatever comes in meanwhile', async () => {
  const one = await client.chat.list({ limit: 2 })
  expect(one.items.map((item) => item.chat_id)).toEqual(['chat_c', 'chat_b'])
  await take(sampleChat({ chat_id: 'chat_newer', start_timestamp: first + minuteMs }))
  const { items, has_more } = await client.chat.list({ limit: 2, pagination_key: String(one.pagination_key) })
  expect([items.map((item) => item.chat_id), has_more]).toEqual([['chat_a'], false])
  await client.chat.delete('chat_newer')
})

test('a request without a body is one for the newest fifty', async () => {
  const answer = await request('POST', '/v3/list-calls')
  expect([answer.status, idsOf(Object(await answer.json()).items)]).toEqual([200, newestFirst])
})

test('a total is counted where it is asked for, over all pages; skip leaves out the first', async () => {
  expect(await client.call.list({ limit: 2 })).not.toHaveProperty('total')
  const page = await client.call.list({ limit: 2, skip: 5, include_total: true })
  expect([idsOf(page.items), page.total, page.has_more]).toEqual([['call_0', 'call_1'], 7, false])
})

test('an item is the whole call with the analysis that counts, but for what was said', async () => {
  const { items } = await client.call.list({
    filter_criteria: { call_id: { type: 'string', op: 'eq', value: 'call_3' } },
  })
  const { transcript, transcript_object, transcript_with_tool_calls, scrubbed_transcript_with_tool_calls, ...rest } =
    Object(await client.call.retrieve('call_3'))
  expect([transcript_with_tool_calls.length, scrubbed_transcript_with_tool_calls]).toEqual([1, undefined])
  expect(items).toEqual([rest])
  expect(items[0]).toMatchObject({
    call_analysis: { call_summary: 'By hand.', in_voicemail: false, custom_analysis_data: { plan: 'Pro' } },
  })
  const chats = await client.chat.list({ limit: 1 })
  expect(chats.items[0]).not.toHaveProperty('transcript')
  expect(chats.items[0]).not.toHaveProperty('message_with_tool_calls')
})

const text = (op: 'eq' | 'ne' | 'sw' | 'ew' | 'co', value: string) => ({ type: 'string', op, value }) as const
const number = (op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le', value: number) => ({ type: 'number', op, value }) as const
const range = (...value: [number, number]) => ({ type: 'range', op: 'bt', value }) as const
const oneOf = <const Value extends string>(...value: Value[]) => ({ type: 'enum', op: 'in', value }) as const
const is = (value: boolean) => ({ type: 'boolean', op: 'eq', value }) as const
const present = (op: 'pr' | 'np') => ({ type: 'present', op }) as const

const filters: [NonNullable<CallListParams['filter_criteria']>, number[]][] = [
  [{ agent: [{ agent_id: 'agent_1' }] }, [0, 1, 2, 3]],
  [
    {
      agent: [
        { agent_id: 'agent_1', version: [0] },
        { agent_id: 'agent_2', version: [] },
      ],
    },
    [0, 2, 4, 5, 6],
  ],
  [{ agent_tag: oneOf('prod') }, [2]],
  [{ batch_call_id: text('eq', 'batch_1') }, [1, 4]],
  [{ call_id: oneOf('call_1', 'call_5', 'chat_a') }, [1, 5]],
  [{ call_id: text('ew', '_4') }, [4]],
  [{ call_status: oneOf('not_connected') }, [6]],
  [{ call_successful: is(true) }, [3]],
  [{ call_type: oneOf('web_call') }, [5]],
  [{ direction: oneOf('outbound') }, [1, 3, 5]],
  [{ in_voicemail: is(true) }, [4]],
  [{ disconnection_reason: oneOf('dial_busy') }, [6]],
  [{ user_sentiment: oneOf('Neutral', 'Positive', 'Unknown', 'Negative') }, [3]],
  [{ data_storage_setting: oneOf('everything_except_pii') }, [3]],
  [
    { from_number: text('sw', '+1415'), to_number: text('co', '555019'), call_id: text('ne', 'call_0') },
    [1, 2, 3, 4, 5, 6],
  ],
  [{ start_timestamp: range(first, first + minuteMs) }, [0, 1, 2]],
  [{ start_timestamp: number('gt', first) }, [2, 3, 4, 5]],
  [{ end_timestamp: number('le', first + minuteMs) }, [0, 1]],
  [{ duration_ms: number('ge', 5000) }, [5, 6]],
  [{ duration_ms: number('ne', 5000), combined_cost: number('lt', 3) }, [0, 1]],
  [{ combined_cost: range(3, 4.5) }, [2, 3]],
  [{ e2e_latency_p50: number('eq', 100) }, [1]],
  [{ custom_analysis_data: [{ key: 'plan', ...text('eq', 'Pro') }] }, [3]],
  [{ custom_analysis_data: [{ key: 'plan', ...present('np') }] }, [0, 1, 2, 4, 5, 6]],
  [
    {
      custom_attributes: [
        { key: 'region', ...oneOf('north') },
        { key: 'score', ...number('gt', 0) },
      ],
    },
    [1, 2],
  ],
  [{ custom_attributes: [{ key: 'score', ...range(5, 9) }] }, [5, 6]],
  [{ metadata: [{ key: 'plan', ...text('co', 'asi') }] }, [0]],
  [{ metadata: [{ key: 'n', ...present('np') }] }, [1]],
  [{ dynamic_variables: [{ key: 'name', ...text('eq', 'N4') }] }, [4]],
  [{ tool_calls: [{ name: 'book' }] }, [0]],
  [{ tool_calls: [{ success: is(false) }] }, [2]],
  [{}, [0, 1, 2, 3, 4, 5, 6]],
]

test.each(filters)('%j', async (filter_criteria, expected) => {
  const { items, total } = await client.call.list({ filter_criteria, include_total: true })
  expect(idsOf(items).toSorted()).toEqual(expected.map((n) => `call_${n}`))
  expect(total).toBe(expected.length)
})

const chatFilters: [NonNullable<ChatListParams['filter_criteria']>, string[]][] = [
  [{ chat_status: oneOf('ongoing') }, ['chat_c']],
  [{ chat_id: text('eq', 'chat_a') }, ['chat_a']],
  [{ chat_successful: is(false) }, []],
  [{ combined_cost: number('ge', 1), duration_ms: number('lt', 10_000) }, ['chat_b']],
  [{ custom_attributes: [{ key: 'score', ...number('le', 0) }] }, ['chat_a']],
  [{ agent: [{ agent_id: 'agent_1' }] }, []],
]

test.each(chatFilters)('chats: %j', async (filter_criteria, expected) => {
  const { items } = await client.chat.list({ filter_criteria })
  expect(items.map((item) => item.chat_id).toSorted()).toEqual(expected)
})

test.each([
  [{ skip: 0, pagination_key: 'x' }, 'pagination_key: give skip or pagination_key'],
  [{ limit: 1001 }, 'limit: '],
  [{ limit: 0 }, 'limit: '],
  [{ skip: -1 }, 'skip: '],
  [{ sort_order: 'up' }, 'sort_order: '],
  [{ pagination_key: 'oops' }, 'pagination key'],
  [{ filter: {} }, 'filter'],
  [{ filter_criteria: { directoin: {} } }, 'filter_criteria.directoin: '],
  [{ filter_criteria: { chat_status: oneOf('ended') } }, 'filter_criteria.chat_status: a key of chats'],
  [{ filter_criteria: { duration_ms: text('eq', '1') } }, 'filter_criteria.duration_ms.type: '],
  [{ filter_criteria: { call_status: oneOf('over') } }, 'filter_criteria.call_status.value'],
])('%j is 400 and named', async (body, named) => {
  const answer = await request('POST', '/v3/list-calls', body)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({ status: 'error', message: expect.stringContaining(named) })
})
