/** An installation is one organisation: contacts, configuration and connections of the source product's shape name it so. */
export const organisation = { id: 'org_afterword', name: 'Afterword' } as const
