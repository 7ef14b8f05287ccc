export { createQueue } from './create-queue.ts'
export { defineJob, type JobDefinition } from './define-job.ts'
export type { Queue, SendOptions, WorkOptions } from './queue.ts'
export type { Handler, JobContext } from './run-job.ts'
