export { pauseBucket, type Rate, takeTurn } from './bucket-store.ts'
export { waitTurn } from './wait-turn.ts'
