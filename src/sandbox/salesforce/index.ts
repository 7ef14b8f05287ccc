export type { SeedRecord } from './admin.ts'
export type { FieldDraft } from './field-draft.ts'
export { type SalesforceSandbox, type SalesforceSandboxOptions, startSalesforceSandbox } from './server.ts'
