import { adminRoute, oneOrMore } from '../admin-routes.ts'
import { takeFault } from '../faults.ts'
import { type HttpReply, type HttpRequest, type HttpRoute, type HttpSandbox, startHttpSandbox } from '../http.ts'
import { asNumber, asObject, asText } from '../json.ts'
import { badOrder } from '../refusal.ts'
import { type Account, createAccount, type RetellAdmin, type RetellObject, type Settings } from './account.ts'
import { listConversations } from './list.ts'
import { sendEvent } from './send-event.ts'

type RetellSandboxOptions = Partial<Settings> & { port?: number; apiKey?: string; clock?: () => number }

export type RetellSandbox = HttpSandbox &
  RetellAdmin & {
    /** Sends a webhook once; the status it was answered with. */
    send(to: string, event: string, object: RetellObject, options?: { key?: string; at?: number }): Promise<number>
  }

/** Starts a stand-in for the Retell API on the loopback address: an empty account that can be read, and that sends webhooks. */
export async function startRetellSandbox({ port = 0, ...options }: RetellSandboxOptions = {}): Promise<RetellSandbox> {
  const admin = createAccount(options)
  const { account } = admin
  const server = await startHttpSandbox({
    port,
    routes: [...adminRoutes(admin), ...routes(account).map((route) => guarded(account, route))],
    latencyMs: ({ path }) => (path.startsWith('/__admin') ? 0 : account.settings.latencyMs),
    notFound: () => refuse(404, 'The requested resource was not found.'),
  })
  return {
    ...server,
    ...admin,
    send: (...order) => sendEvent(account, ...order),
  }
}

function routes(account: Account): HttpRoute[] {
  const one = (found: RetellObject | undefined): HttpReply =>
    found ? { status: 200, body: found } : refuse(404, 'The requested resource was not found.')
  const get = (path: string, find: (request: HttpRequest, id: string) => RetellObject | undefined): HttpRoute => ({
    method: 'GET',
    path,
    answer: (request) => one(find(request, request.params.id ?? '')),
  })
  const agent = (channel: string) => (request: HttpRequest, id: string) => {
    const versions = (account.agents.get(id) ?? []).filter((each) => each.channel === channel)
    const asked = request.query.get('version')
    const found = asked === null ? versions.at(-1) : versions.find(({ version }) => String(version) === asked)
    return found && Object.fromEntries(Object.entries(found).filter(([name]) => name !== 'channel'))
  }
  return [
    {
      method: 'POST',
      path: '/v3/list-calls',
      answer: ({ body }) => listConversations('call', account.calls.values(), body),
    },
    {
      method: 'POST',
      path: '/v3/list-chats',
      answer: ({ body }) => listConversations('chat', account.chats.values(), body),
    },
    get('/v2/get-call/:id', (_, id) => account.calls.get(id)),
    get('/get-chat/:id', (_, id) => account.chats.get(id)),
    get('/get-agent/:id', agent('voice')),
    get('/get-chat-agent/:id', agent('chat')),
    get('/get-retell-llm/:id', (_, id) => account.llms.get(id)),
    get('/get-conversation-flow/:id', (_, id) => account.flows.get(id)),
  ]
}

/** Keys, rates and faults come before any route; what was asked is noted. */
function guarded(account: Account, route: HttpRoute): HttpRoute {
  const note = (request: HttpRequest, reply: HttpReply) => {
    const { method, url: path, body } = request
    account.requests.push({ method, path, status: reply.status, at: account.clock(), body })
    return reply
  }
  return {
    ...route,
    answer: async (request) => {
      if (request.headers.authorization !== `Bearer ${account.apiKey}`)
        return note(request, refuse(401, 'API key is missing or invalid.'))
      const fault = takeFault(account.faults, ({ path = '' }) => request.path.includes(path))
      if (fault?.hangs) return note(request, { status: 0, delivery: 'hang' })
      if (fault) return note(request, throttled(fault.status ?? 429, fault.retryAfter))
      const now = account.clock()
      const recent = account.requests.filter(({ at, status }) => at > now - 1_000 && status !== 429).length
      if (recent >= account.settings.requestsPerSecond) return note(request, throttled(429, 1))
      return note(request, await route.answer(request))
    },
  }
}

function adminRoutes({ account, add, addAgents, addEngines }: RetellAdmin): HttpRoute[] {
  const { calls, chats, agents, requests } = account
  const state = () => {
    return { calls: [...calls.values()], chats: [...chats.values()], agents: Object.fromEntries(agents), requests }
  }
  return [
    adminRoute('GET', 'state', state),
    adminRoute('POST', 'conversations', ({ body }) => add(...oneOrMore(body))),
    adminRoute('POST', 'agents', ({ body }) => addAgents(asObject(body))),
    adminRoute('POST', 'engines', ({ body }) => addEngines(asObject(body))),
    adminRoute('POST', 'faults', ({ body }) => {
      for (const { path, status, retryAfter, times } of oneOrMore(body))
        account.faults.push({
          times: asNumber(times) ?? 1,
          ...(asText(path) !== undefined && { path: String(path) }),
          ...(asNumber(status) !== undefined && { status: Number(status) }),
          ...(asNumber(retryAfter) !== undefined && { retryAfter: Number(retryAfter) }),
        })
    }),
    adminRoute('POST', 'send', ({ body }) => {
      const { to, event, id } = asObject(body)
      const object = calls.get(String(id)) ?? chats.get(String(id))
      if (object === undefined || asText(to) === undefined)
        throw badOrder('to, event and the id of a conversation are needed')
      return sendEvent(account, String(to), String(event), object)
    }),
  ]
}

function throttled(status: number, retryAfter: number | undefined): HttpReply {
  const message =
    status === 429 ? 'Account rate limited, please throttle your requests.' : 'An unexpected server error occurred.'
  return {
    ...refuse(status, message),
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
  }
}

/** As every error of the vendor's API is spelled (reference/retell.md 2). */
function refuse(status: number, message: string): HttpReply {
  return { status, body: { status: 'error', message } }
}
