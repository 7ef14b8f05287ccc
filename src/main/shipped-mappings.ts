/** The folders with the mapping files that ship: for a connection `main` to HubSpot. Those of other CRMs lie in folders below. */
export const shippedMappings = ['mappings'] as const
