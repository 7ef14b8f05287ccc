export { createQueue } from './create-queue.ts'
export { defineJob, type JobDefinition } from './define-job.ts'
export type { Queue, WorkOptions } from './queue.ts'
