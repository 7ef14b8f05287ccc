import { describeAsking } from './ask-contract.ts'
import { openDoor } from './door.ts'

describeAsking(await openDoor({}, { on: 'salesforce' }))
