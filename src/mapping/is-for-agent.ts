/** Whether a mapping or a rule takes what the conversations of an agent say; one that names no agents takes all. Pure. */
export function isForAgent({ agents }: { agents: readonly string[] | null }, agentId: string): boolean {
  return agents === null || agents.includes(agentId)
}
