const word = String.raw`\b(?:pass ?word|passcode|passphrase|pwd|passwort|kennwort|contraseña|contrasena|mot de passe)`
/** In every text with a password in it, or in what was said before it. */
export const speaksOfPassword = new RegExp(word, 'iu')
/** Another thing than the password: "my e-mail". What it is for is none: "for my e-mail". */
const another = String.raw`(?<!\b(?:for|of|to|on|at|in|with|für|von|zu|bei|para|de|pour|sur)\s)\b(?:my|your|our|the|meine?|deine?|ihre?|mis?|tu|su|mon|ma|votre)\s+\p{L}`
/** The word, in the same clause at most a few more, then `is` or a colon, and what follows it up to the next space. */
const named = new RegExp(
  String.raw`(${word}(?<more>(?:(?!${word}|${another})[^.?!,;\n:=]){0,40}?)(?:(?<mark>[:=])|\s(?:is|was|ist|war|lautet|es|est)(?=[\s:])(?<mark2>:?))\s*)(?<open>\\?["'“„«]?)(?<secret>[^\s"'“”„«»\\]+)(?=(?<rest>[^\n]{0,2}))`,
  'giu',
)
/** Only says which password: "for the account", "that I use". Other words make it another thing: "reset link". */
const whichOne =
  /^(?:\s(?:for|of|to|on|at|in|with|i|you|we|they|that|which|now|für|von|zu|bei|ich|das|para|de|que|pour|sur|qui)\b.*)?$/isu
const asked = new RegExp(`${word}[^.?!\\n]{0,80}\\?`, 'iu')
const sign = String.raw`[\p{L}\d_@#$%^&*!-]`
const mixed = new RegExp(
  String.raw`(?<!${sign})(?=${sign}{0,63}\d)(?=${sign}{0,63}\p{L})${sign}{4,64}(?!${sign})`,
  'gu',
)
const closing = /[.,;!?)}\]]+$/
const plainWord = /^[\p{L}\p{M}’-]+$/u
/** What people say of a password, rather than the password. */
const remarks = new Set(
  `wrong right correct incorrect invalid valid expired lost forgotten gone secret private safe secure weak strong old new
  missing locked blocked different it that this what not unknown required needed fine working broken ok falsch richtig
  abgelaufen weg vergessen incorrecta correcta incorrect perdu expiré caducada`.split(/\s+/),
)

/**
 * A text with passwords in it masked: what follows the word `password` and `is` or a colon, unless it reads like a remark ("is wrong",
 * "is not working"; a plain word only where nothing else can be meant. And words of letters and digits that answer the question for one. Pure.
 */
export function maskPasswords(text: string, before: string): string {
  const masked = text.replaceAll(named, (...found) => {
    const [whole, lead] = found
    const { more, mark, mark2, open, secret, rest } = found.at(-1)
    const end = closing.exec(secret)?.[0] ?? ''
    const bare = secret.slice(0, secret.length - end.length)
    const isNamed = Boolean(mark || mark2 || open)
    const isLast = (end !== '' || rest.trim() === '') && whichOne.test(more)
    const isRemark = remarks.has(bare.toLowerCase()) || bare === ''
    if (isRemark || bare === '[password' || (plainWord.test(bare) && !isNamed && !isLast)) return whole
    return `${lead}${open}[password]${end}`
  })
  return asked.test(before) ? masked.replaceAll(mixed, '[password]') : masked
}
