import { expect, onTestFinished, test } from 'vitest'
import { startAfterword } from '../support/start-afterword.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()

test('a service that only listens is stopped by refused credentials too: it pushes on request, in the days of the account', async () => {
  const settings = {
    ...world.environment,
    AFTERWORD_PORT: '0',
    AFTERWORD_ROLES: 'web',
    AFTERWORD_CONNECTION_MAIN_TOKEN: 'revoked',
  }
  const service = startAfterword('serve', settings, onTestFinished)
  expect(await Promise.race([service.url, service.ended])).toBe(1)
})
