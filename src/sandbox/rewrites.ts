export const REWRITES = ['uppercase', 'lowercase', 'trim', 'crlf', 'round'] as const

/** How a value comes out of an automation or of a CRM that stores text its own way. */
export type Rewrite = (typeof REWRITES)[number]

export function rewrite(kind: Rewrite, value: string): string {
  switch (kind) {
    case 'uppercase':
      return value.toUpperCase()
    case 'lowercase':
      return value.toLowerCase()
    case 'trim':
      return value.trim()
    case 'crlf':
      return value.replace(/\r?\n/g, '\r\n')
    case 'round':
      return value === '' ? value : String(Math.round(Number(value)))
  }
}
