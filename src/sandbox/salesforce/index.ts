export type { SeedRecord } from './admin.ts'
export type { FieldDraft } from './custom-fields.ts'
export { type SalesforceSandbox, type SalesforceSandboxOptions, startSalesforceSandbox } from './server.ts'
