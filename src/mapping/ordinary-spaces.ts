/** Without the no-break spaces that locales put between groups and before AM: nobody can type them into a CRM's search. */
export function ordinarySpaces(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ')
}
