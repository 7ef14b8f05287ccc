import { type ConfigPart, type ConfigSource, partsOf, type SettingSource } from '../../agents/index.ts'

const said: Record<SettingSource, string> = {
  sent: ', as sent with the conversation',
  tool: ', as the transfer tool says',
  agent: ', as the agent before says',
  default: ', as nobody says otherwise',
}

/** Which versions were asked with, and whose items count after each transfer, and who says so. */
export function showConfig(source: ConfigSource): string {
  const parts = partsOf(source)
  return parts.length === 0 ? 'the config given' : showParts(parts)
}

/** The same of a stored analysis. */
export function showParts(parts: readonly ConfigPart[]): string {
  const shown = parts.map(({ agentId, version, isDraft, setting, settingFrom }) => {
    const state = isDraft ? 'draft' : 'published'
    if (setting === null) return `${agentId} version ${version} (${state})`
    const counts = setting === 'both_agents' ? 'items of both' : 'its items alone'
    const by = settingFrom === undefined ? '' : said[settingFrom]
    return `${agentId} version ${version} (${state}, ${counts}${by})`
  })
  return shown.join(', then ')
}
