import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { type Sandbox, sandboxVendors, startSandbox } from '../sandbox/index.ts'
import { kinds } from './kinds.ts'

/** Starts the sandbox vendors where `besideSandbox` looks for them, or, for a service on any free port, anywhere. */
export async function startSandboxBeside(port: number): Promise<Sandbox> {
  try {
    return await startSandbox(port === 0 ? {} : { firstPort: port + 1 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `the sandbox vendors need the ports ${port + 1} to ${port + 4}, the next to AFTERWORD_PORT: ${why}`
    throw new AppError('sandbox.no_port', 'stop', message, { cause })
  }
}

/** The settings of an installation that talks to nobody but the sandbox vendors at these addresses. */
export function onSandbox(
  config: Config,
  vendors: Pick<Sandbox, 'hubspot' | 'models' | 'salesforce' | 'retell'>,
): Config {
  return onSandboxAt(config, {
    hubspotUrl: vendors.hubspot.url,
    modelUrl: vendors.models.url,
    salesforceUrl: vendors.salesforce.url,
    retellUrl: vendors.retell.url,
  })
}

/** The same from another process than the one that runs the sandbox: it stands on the four ports above the service's own. */
export function besideSandbox(config: Config): Config {
  const at = (port: number) => `http://127.0.0.1:${port}`
  return onSandboxAt(config, {
    hubspotUrl: at(config.port + 1),
    modelUrl: `${at(config.port + 2)}/v1`,
    salesforceUrl: at(config.port + 3),
    retellUrl: at(config.port + 4),
  })
}

type Urls = { hubspotUrl: string; modelUrl: string; salesforceUrl: string; retellUrl: string }

function onSandboxAt(config: Config, urls: Urls): Config {
  const { hubspotToken, salesforceClientId, salesforceClientSecret, retellKey, modelKey, modelName } = sandboxVendors
  const app = { CLIENT_ID: salesforceClientId, CLIENT_SECRET: salesforceClientSecret }
  const hubspot = kinds.hubspot.settings.parse({ TOKEN: hubspotToken, URL: urls.hubspotUrl })
  const salesforce = kinds.salesforce.settings.parse({ ...app, URL: urls.salesforceUrl })
  const usual = {
    pace: { recordsPerMinute: null, quietHours: null },
    imports: { everyMinutes: 5, wholeEveryHours: 24 },
  }
  const none = { everyMinutes: 0, wholeEveryHours: 0 }
  return {
    ...config,
    sandbox: true,
    connections: [
      { name: 'main', kind: 'hubspot', open: hubspot, ...usual },
      { name: 'salesforce', kind: 'salesforce', open: salesforce, ...usual },
      { name: 'local', kind: 'local', open: kinds.local.settings.parse({}), ...usual, imports: none },
    ],
    retell: [
      {
        name: 'main',
        apiKey: retellKey,
        webhookKeys: [retellKey],
        url: urls.retellUrl,
        pullEveryMinutes: 0,
        requestsPerSecond: 50,
      },
    ],
    model: { ...config.model, url: urls.modelUrl, apiKey: modelKey, models: { '*': modelName }, providers: [] },
  }
}
