/** The command did its work and what it has to say is no success: exit 1 unless told, without an error of its own. */
export class Failed extends Error {
  override readonly name = 'Failed'
  readonly exitCode: number

  constructor(exitCode = 1) {
    super()
    this.exitCode = exitCode
  }
}
