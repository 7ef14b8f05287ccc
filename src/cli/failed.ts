/** The command did its work and what it has to say is no success: exit 1, without an error of its own. */
export class Failed extends Error {
  override readonly name = 'Failed'
}
