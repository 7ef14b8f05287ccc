import { modelsInUse } from '../agents/index.ts'
import { findShutdowns, type PriceTable, type Shutdown, shippedPrices } from '../model/index.ts'
import type { Built } from './open-installation.ts'

/** The models that are, or soon will be, shut down, of all that AFTERWORD_MODELS gives, with the agents that they answer for. */
export async function shutdownsInUse({ db, model, now }: Pick<Built, 'db' | 'model' | 'now'>): Promise<Shutdown[]> {
  return findShutdowns(model, now(), new Map([...(await modelsInUse(db)), ['merge', 0]]))
}

/** Of which day the prices are, and which ones the operator's own file has of another: `of 2026-11-21; prices.json: gpt-6-luna of 2027-01-02`. */
export function showPriceDays(prices: PriceTable, file: string | null): string {
  const [shippedDay = ''] = [...shippedPrices.values()].map(({ asOf }) => asOf)
  const others = [...prices]
    .filter(([, { asOf }]) => asOf !== shippedDay)
    .map(([model, { asOf }]) => `${model} of ${asOf}`)
  const given = file === null ? '' : `; ${file}: ${others.join(', ') || 'of the same day'}`
  return `of ${shippedDay}${given}`
}
