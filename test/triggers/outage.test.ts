import { openDoor } from './door.ts'
import { describeOutages } from './outage-contract.ts'

describeOutages(await openDoor({}, { on: 'hubspot' }))
