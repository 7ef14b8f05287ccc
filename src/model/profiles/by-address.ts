import type { ProfileName } from '../../config.ts'

/** Hosts that belong to one provider, with all their subdomains. */
const hosts: [host: string, name: ProfileName][] = [
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure'],
  ['openrouter.ai', 'openrouter'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
]

/** Ollama's own port. Those of other servers (8000, 8080, 1234) are anybody's. */
const ollamaPort = '11434'

/** The provider that an address certainly belongs to; `generic` where it may be anybody's. Pure. */
export function profileByAddress(url: string): ProfileName {
  const { hostname, port } = new URL(url)
  const known = hosts.find(([host]) => hostname === host || hostname.endsWith(`.${host}`))
  return known?.[1] ?? (port === ollamaPort ? 'ollama' : 'generic')
}
