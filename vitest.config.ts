import { defineConfig } from 'vitest/config'
import { SlowFirst } from './test/support/slow-first.ts'

/** Where `.ci/run` wants the totals as JSON. */
const report = process.env.AFTERWORD_TEST_REPORT

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'] } },
      {
        test: {
          name: 'main',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**'],
          globalSetup: 'test/support/global-setup.ts',
          // Loading the modules for each file was a third of the run; neither ours nor the helpers of tests keep what one file could
          // find of another's. So what a helper opens, it opens in a function that the file calls, never as it is loaded.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
    ],
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
