/** The most that may be spent on models in a calendar day and in a calendar month, both in UTC; null: no limit. */
export type Caps = { usdPerDay: number | null; usdPerMonth: number | null }

/** What the settings limit. What an API key may spend stands with the key, in the database. */
export type SpendingLimits = {
  /** Everything together. */
  installation: Caps
  /** Each CRM connection, by what its triggers bring about. */
  trigger: Caps
}

const noCaps: Caps = { usdPerDay: null, usdPerMonth: null }

export const noLimits: SpendingLimits = { installation: noCaps, trigger: noCaps }

export function isLimited({ installation, trigger }: SpendingLimits): boolean {
  return [installation, trigger].some(({ usdPerDay, usdPerMonth }) => usdPerDay !== null || usdPerMonth !== null)
}
