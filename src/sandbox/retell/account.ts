import { asList, asObject, type JsonObject } from '../json.ts'

/** An object of the vendor's API, as it would send it. */
export type RetellObject = JsonObject

export type Fault = {
  /** The routes it befalls by a part of their path; all unless given. */
  path?: string
  times: number
  /** 429 unless given. */
  status?: number
  /** In the header of that name, in seconds. */
  retryAfter?: number
  /** The request is never answered. */
  hangs?: boolean
}

export type Settings = {
  latencyMs: number
  /** Requests within a second beyond which the account is throttled. */
  requestsPerSecond: number
}

/** What an account of the vendor holds; in memory, and gone with it. */
export type Account = {
  apiKey: string
  calls: Map<string, RetellObject>
  chats: Map<string, RetellObject>
  /** Every version of each agent. */
  agents: Map<string, RetellObject[]>
  llms: Map<string, RetellObject>
  flows: Map<string, RetellObject>
  settings: Settings
  faults: Fault[]
  /** What was asked, in order. */
  requests: { method: string; path: string; status: number; at: number; body: unknown }[]
  clock: () => number
}

/** What the stand-in can be told, by a test or at `/__admin`. */
export type RetellAdmin = {
  account: Account
  /** Adds calls and chats, or puts them in the place of those of their id. */
  add(...objects: RetellObject[]): void
  /** Adds versions of agents, in a file's shape: `{ agents: [...], chat_agents: [...] }`. */
  addAgents(file: JsonObject): void
  /** Adds what agents think with: `{ llms: [...], flows: [...] }`. */
  addEngines(engines: JsonObject): void
}

export function createAccount(options: Partial<Pick<Account, 'apiKey' | 'clock'>> & Partial<Settings>): RetellAdmin {
  const { apiKey = 'sandbox-retell', clock = Date.now, latencyMs = 0, requestsPerSecond = 1_000 } = options
  const account: Account = {
    apiKey,
    calls: new Map(),
    chats: new Map(),
    agents: new Map(),
    llms: new Map(),
    flows: new Map(),
    settings: { latencyMs, requestsPerSecond },
    faults: [],
    requests: [],
    clock,
  }
  return {
    account,
    add(...objects) {
      for (const object of objects) {
        if (typeof object.call_id === 'string') account.calls.set(object.call_id, object)
        else if (typeof object.chat_id === 'string') account.chats.set(object.chat_id, object)
        else throw new Error('neither a call nor a chat')
      }
    },
    addAgents({ agents, chat_agents }) {
      const kinds = [
        ...objectsIn(agents).map((each) => ['voice', each] as const),
        ...objectsIn(chat_agents).map((each) => ['chat', each] as const),
      ]
      for (const [channel, agent] of kinds) {
        const id = String(agent.agent_id)
        const others = (account.agents.get(id) ?? []).filter(({ version }) => version !== agent.version)
        account.agents.set(
          id,
          [...others, { channel, ...agent }].toSorted((a, b) => Number(a.version) - Number(b.version)),
        )
      }
    },
    /** Adds what agents think with: `{ llms: [...], flows: [...] }`. */
    addEngines({ llms, flows }) {
      for (const llm of objectsIn(llms)) account.llms.set(String(llm.llm_id), llm)
      for (const flow of objectsIn(flows)) account.flows.set(String(flow.conversation_flow_id), flow)
    },
  }
}

function objectsIn(given: unknown): RetellObject[] {
  return asList(given).map(asObject)
}
