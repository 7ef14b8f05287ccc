import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { pauseProvider } from '../../src/limits/turns/provider-pause.ts'
import { createLog } from '../../src/log.ts'
import { doctor, kinds } from '../../src/main/index.ts'
import { createWorld } from '../support/world.ts'

const { environment, db, model } = await createWorld()

async function spendingWith(settings: Record<string, string>) {
  const checks = await doctor(parseConfig({ ...environment, ...settings }, kinds), createLog('error'))
  return checks.find(({ name }) => name === 'spending')
}

test('doctor says which limits there are, and that one cannot be kept without a price', async () => {
  expect(await spendingWith({})).toEqual({ name: 'spending', isRight: true, detail: 'no limits' })
  expect(await spendingWith({ AFTERWORD_USD_PER_DAY: '5', AFTERWORD_TRIGGER_USD_PER_MONTH: '20' })).toEqual({
    name: 'spending',
    isRight: true,
    detail: 'installation: $5.00 of $5.00 a day left; trigger:main: $20.00 of $20.00 a month left',
  })
  expect(await spendingWith({ AFTERWORD_USD_PER_DAY: '5', AFTERWORD_MODELS: '*=llama-4' })).toMatchObject({
    isRight: false,
    detail: expect.stringContaining('no price is known of llama-4'),
  })
})

test('doctor says that the provider is out of credit, since when, and when it is asked again', async () => {
  const credit = async () => {
    const checks = await doctor(parseConfig(environment, kinds), createLog('error'))
    return checks.find(({ name }) => name === 'model credit')
  }
  expect(await credit()).toEqual({ name: 'model credit', isRight: true, detail: 'not refused' })
  await pauseProvider({ db }, model.pacer.provider, { why: 'no credit left', isProbe: false })
  expect(await credit()).toMatchObject({
    isRight: false,
    detail: expect.stringMatching(
      /^no credit left, since 20.+: nothing is asked until 20.+; afterword rerun asks at once$/,
    ),
  })
})
