import { startHubspotSandbox, startSalesforceSandbox } from '../../../src/sandbox/index.ts'

// Both CRMs' stand-ins in a process of their own: what it takes them to answer is not what is measured. Ends with its standard input.
const [hubspot, salesforce] = await Promise.all([startHubspotSandbox(), startSalesforceSandbox()])
process.stdout.write(`${JSON.stringify({ hubspot: hubspot.url, salesforce: salesforce.url })}\n`)
process.stdin.once('close', () => void Promise.all([hubspot.close(), salesforce.close()])).resume()
