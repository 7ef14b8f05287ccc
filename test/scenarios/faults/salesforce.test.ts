import { testAnyWeather } from './any-weather.ts'

await testAnyWeather('salesforce')
