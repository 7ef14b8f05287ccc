/** Whose items count once a conversation went from one agent to another, as the source product spells it. */
export const transferSettings = ['only_destination_agent', 'both_agents'] as const
export type TransferSetting = (typeof transferSettings)[number]

/** What the agent object of the source of a transfer says where the transfer itself was recorded without a setting. */
export const settingField = 'post_call_analysis_setting'

/**
 * Who said so: the conversation as it was sent, the transfer tool that was called in it (or the flow node that was entered), the agent it
 * came from, or nobody (`default`).
 */
export const settingSources = ['sent', 'tool', 'agent', 'default'] as const
export type SettingSource = (typeof settingSources)[number]

/**
 * One transfer between agents within a conversation. The version is what the destination held it with, null where nobody
 * recorded it; so is the setting. Absent: who said it was not kept, or nobody did.
 */
export type Transfer = {
  agentId: string
  version: number | null
  setting: TransferSetting | null
  settingFrom?: 'sent' | 'tool'
}

/** The agents that held a conversation: the first, and whom it went to from there. */
export type Chain = { agentId: string; transfers: readonly Omit<Transfer, 'version'>[] }

/** The same text for conversations that are analysed with the same config, whatever versions held them. Pure. */
export function chainKey({ agentId, transfers }: Chain): string {
  return JSON.stringify([agentId, ...transfers.map((transfer) => [transfer.agentId, transfer.setting])])
}

/** Whom a chain ends with: whose model and prompts decide. Pure. */
export function lastAgent({ agentId, transfers }: Chain): string {
  return transfers.at(-1)?.agentId ?? agentId
}
