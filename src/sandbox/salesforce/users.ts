import { idOf } from './ids.ts'

/** Who an edit comes from: `us` is the integration user whose tokens the sandbox hands out. */
export const EDITORS = ['us', 'person', 'workflow', 'app', 'import'] as const

export type Editor = (typeof EDITORS)[number]

export type User = { id: string; name: string; userType: 'Standard' | 'AutomatedProcess' | 'CloudIntegrationUser' }

/**
 * The users of the org. A person and an import are standard users, as an import runs in the name of who started it;
 * a workflow is the Automated Process user, another app an integration user of its own.
 */
export function usersOf(userId: string): Record<Editor, User> {
  return {
    us: { id: userId, name: 'Afterword Integration', userType: 'Standard' },
    person: { id: idOf('005', 12_345), name: 'Robin Adler', userType: 'Standard' },
    workflow: { id: idOf('005', 12_346), name: 'Automated Process', userType: 'AutomatedProcess' },
    app: { id: idOf('005', 12_347), name: 'Another App', userType: 'CloudIntegrationUser' },
    import: { id: idOf('005', 12_348), name: 'Data Loader', userType: 'Standard' },
  }
}
