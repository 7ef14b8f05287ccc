// What we use of mustache 4.2.0, which ships no types.
declare module 'mustache' {
  /** Kind, text, start and end in the template; a section also has what stands inside, a partial its indentation. */
  export type Token = [kind: string, text: string, start: number, end: number, inside?: Token[] | string]

  class Context {
    view: unknown
    constructor(view: unknown, parent?: Context)
    push(view: unknown): Context
    lookup(name: string): unknown
  }

  class Writer {
    parse(template: string): Token[]
    render(
      template: string,
      context: Context,
      partials: undefined,
      config: { escape: (value: unknown) => string },
    ): string
  }

  const mustache: { Context: typeof Context; Writer: typeof Writer }
  // biome-ignore lint/style/noDefaultExport: the form of the package
  export default mustache
}
