import { expect, test } from 'vitest'
import { openHouse } from './house.ts'

const usual = await openHouse()
const houses = {
  'refuses json_schema': await openHouse({ refuses: ['json_schema'] }),
  'is asked over Responses': await openHouse({}, 'responses'),
  'refuses both formats': await openHouse({ refuses: ['json_schema', 'json_object'] }),
}

test.each(Object.entries(houses))(
  'a provider that %s finds the same fields: no conversation is lost',
  async (_, house) => {
    const { outcome, fields } = await usual.rerun(await usual.newCall())
    expect(outcome).toBe('ok')
    expect(await house.rerun(await house.newCall())).toMatchObject({ outcome, fields })
    expect(await house.rerun(await house.newCall())).toMatchObject({ outcome, fields })
  },
)

test('one that drops the schema in silence is no answer, whatever it says', async () => {
  const house = await openHouse({ dropsFormat: true })
  expect(await house.rerun(await house.newCall())).toMatchObject({ outcome: 'invalid', fields: {} })
})
