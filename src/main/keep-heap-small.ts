import { setFlagsFromString } from 'node:v8'

/**
 * Lets the heap grow by half, not fourfold, before it is cleared up. By its own rules V8 made a worker take some 480 MB during a backfill;
 * by three quarters it was 416, by half 387 and by 45 % 370, with 15 or 16 % of the time spent on clearing up in each of the three
 * (`npm run bench -- backfill` prints both). V8 reads the flag whenever it sets the next limit, so it may be set while the process runs. Twice is safe.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50')
}
