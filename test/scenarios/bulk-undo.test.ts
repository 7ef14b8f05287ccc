import { describe, expect, test } from 'vitest'
import type { RunCell } from '../../src/sync/index.ts'
import { apply, planMappingOnly } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { useRules } from '../support/mappings.ts'
import { textField } from '../support/records.ts'
import { createWorldOn, type World } from '../support/world.ts'
import { analyse } from './programs/analyse.ts'

const scale = [
  { kind: 'hubspot', contacts: 1_000, edits: 37 },
  { kind: 'salesforce', contacts: 100, edits: 7 },
] as const

const standsBefore = 'Said before us'

/** So many contacts, each with an analysed call about the Pro plan that no rule has brought to the CRM. */
async function settle(world: World, contacts: number): Promise<string[]> {
  const { account } = world
  account.defineProperties([textField('plan_wanted')])
  await useRules(world)
  const numbers = Array.from(
    { length: contacts },
    (_, index) => `+1${212 + Math.floor(index / 100)}55501${`${index % 100}`.padStart(2, '0')}`,
  )
  const seeds = numbers.map((phone) => ({
    properties: { phone, plan_wanted: standsBefore },
    at: '2025-01-15T09:00:00Z',
  }))
  const ids = account.createContacts(seeds)
  await world.importCrm()
  const at = '2025-04-10T10:00:00Z'
  await world.take(...numbers.map((number) => call({ id: number, at, number, turns: ['I want the Pro plan.'] })))
  const found = { plan: { value: 'Pro', status: 'found' as const, evidence: [] } }
  await analyse(world, [Object.fromEntries(numbers.map((number) => [number, found]))], { keep: true })
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
  return ids
}

async function planOfUndo({ useCases, actor }: World, id: number): Promise<RunCell[]> {
  const cells: RunCell[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof useCases.planUndoOfBackfill>> = await useCases.planUndoOfBackfill({
      id,
      actor,
      reason: 'test',
      after,
    })
    cells.push(...page.cells)
    after = page.next
  }
  return cells
}

describe.each(scale)(
  'undo of a backfill over $contacts contacts on $kind, $edits of them edited since',
  async ({ kind, contacts, edits }) => {
    const world = await createWorldOn([kind])
    const { account, useCases, actor } = world
    const ids = await settle(world, contacts)

    test('restores all others, and reports the edited ones with who and when, as its plan said', async () => {
      const { backfill } = await planMappingOnly(world)
      const report = await apply(world, backfill.id)
      expect(report.status.pushes).toMatchObject({ decisions: { write: contacts }, recordsWritten: contacts })

      const edited = new Set(ids.filter((_, index) => index % Math.floor(contacts / edits) === 0).slice(0, edits))
      for (const id of edited) account.edit({ id, properties: { plan_wanted: 'By hand' }, as: 'person' })
      const planned = await planOfUndo(world, backfill.id)
      const held = () => Map.groupBy(account.contacts(), ({ properties }) => properties.plan_wanted)
      expect(held().get('Pro')).toHaveLength(contacts - edits)

      const { runId } = await useCases.undoBackfill({ id: backfill.id, actor, reason: 'test' })
      expect(await useCases.reportRun(runId)).toMatchObject({ waiting: contacts, decisions: {} })
      await world.push()
      expect(await useCases.reportRun(runId)).toMatchObject({
        waiting: 0,
        decisions: { retract: contacts - edits, kept_edit: edits },
      })
      expect(held().get(standsBefore)).toHaveLength(contacts - edits)
      expect(
        new Set(
          held()
            .get('By hand')
            ?.map(({ id }) => id),
        ),
      ).toEqual(edited)

      const { cells } = await useCases.listRunCells(runId, { after: null, most: contacts + 1 })
      const left = cells.filter((cell) => cell.decision.decision === 'kept_edit')
      expect(new Set(left.map((cell) => cell.externalId))).toEqual(edited)
      const when = expect.stringMatching(/^edited by a person at \d{4}-\d\d-\d\dT/)
      for (const cell of left)
        expect(cell).toMatchObject({ before: 'By hand', after: 'By hand', decision: { by: when } })
      const restored = cells.filter((cell) => cell.decision.decision === 'retract')
      for (const cell of restored) expect(cell).toMatchObject({ before: 'Pro', after: standsBefore })
      expect(planned).toEqual(cells)
    }, 120_000)
  },
)
