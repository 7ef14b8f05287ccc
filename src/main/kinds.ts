import type { CrmKinds } from '../config.ts'
import { local } from '../contacts/index.ts'
import { hubspot, salesforce } from '../crm/index.ts'

/** The kinds of CRM that a connection can be of, by the names that settings and mapping files use. A further one is a line here. */
export const kinds = { hubspot, salesforce, local } satisfies CrmKinds
