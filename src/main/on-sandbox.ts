import type { Config } from '../config.ts'
import { hubspot } from '../crm/index.ts'
import { AppError } from '../errors.ts'
import { type Sandbox, sandboxVendors, startSandbox } from '../sandbox/index.ts'

/** Starts the sandbox vendors where `besideSandbox` looks for them, or, for a service on any free port, anywhere. */
export async function startSandboxBeside(port: number): Promise<Sandbox> {
  try {
    return await startSandbox(port === 0 ? {} : { firstPort: port + 1 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `the sandbox vendors need the ports ${port + 1} to ${port + 3}, the next to AFTERWORD_PORT: ${why}`
    throw new AppError('sandbox.no_port', 'stop', message, { cause })
  }
}

/** The settings of an installation that talks to nobody but the sandbox vendors at these addresses. */
export function onSandbox(config: Config, { hubspot, models }: Pick<Sandbox, 'hubspot' | 'models'>): Config {
  return onSandboxAt(config, { hubspotUrl: hubspot.url, modelUrl: models.url })
}

/** The same from another process than the one that runs the sandbox: it stands on the three ports above the service's own. */
export function besideSandbox(config: Config): Config {
  const at = (port: number) => `http://127.0.0.1:${port}`
  return onSandboxAt(config, { hubspotUrl: at(config.port + 1), modelUrl: `${at(config.port + 2)}/v1` })
}

function onSandboxAt(config: Config, { hubspotUrl, modelUrl }: { hubspotUrl: string; modelUrl: string }): Config {
  const { hubspotToken, modelKey, modelName } = sandboxVendors
  const main = hubspot.settings.parse({ TOKEN: hubspotToken, URL: hubspotUrl })
  return {
    ...config,
    sandbox: true,
    connections: [{ name: 'main', kind: 'hubspot', open: main }],
    model: { url: modelUrl, apiKey: modelKey, models: { '*': modelName } },
  }
}
