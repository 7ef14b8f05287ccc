import { clean } from './clean.ts'

/** Less than a sentence: what belongs together stands together. Also what keeps the work linear. */
const near = (most: number) => `[^.?!\\n]{0,${most}}`

/** Not across the borders of values in JSON. */
const assigning =
  '(?:set|fill|write|put|enter|mark|change|update|overwrite|populate|copy|report)\\b(?:(?!"[,:])[^.?!\\n]){0,40}'

/**
 * Words that only make sense when said to the program that reads a transcript: English, German, Spanish, French, and for the
 * commonest of them Italian, Portuguese and Dutch. Compared in small letters without accents. Not here: what callers say to people and
 * agents ("set an appointment", "ignore the noise", "are you an AI?"). `set budget to 1500` alone is an answer as well.
 * Each begins with a word.
 */
const words = [
  // To drop its rules.
  `(?:ignore|disregard|(?<!n't |not |never )forget|override|bypass|discard)\\b${near(20)}\\b(?:previous|prior|above|earlier|preceding|your|all|any|system|original)\\b${near(20)}\\b(?:instructions?|rules?|prompts?|guidelines|directives?|programming)\\b`,
  `(?:ignore|disregard|override)\\b${near(20)}\\b(?:instructions?|rules|prompt)\\b (?:above|before|so far|(?:you were )?given)\\b`,
  `(?:ignorier\\w*|vergiss|vergesst|missacht\\w*|uberschreib\\w*|umgeh\\w*)\\b${near(40)}\\b(?:anweisung(?:en)?|regeln|vorgaben|prompt|instruktionen)\\b`,
  `(?:ignor[aei]|ignoren|olvid[ae]|omit[ae]|dimentica|esqueca|negeer|vergeet)\\b${near(40)}\\b(?:instrucciones|reglas|indicaciones|istruzioni|regole|instrucoes|regras|instructies|regels)\\b`,
  `(?:ignore[zr]?|oublie[zr]?) (?:toutes? )?(?:les|tes|vos|ces)\\b${near(20)}\\b(?:instructions?|regles|consignes|directives)\\b`,
  // To fill in a field.
  `(?:copy|paste|write|enter)\\b${near(40)}\\b(?:in|into|to) (?:the )?field \\w`,
  `(?:set|fill|write|put|enter|change|update|overwrite|populate|leave)\\b${near(40)}\\bfields?\\b${near(30)}(?:\\b(?:to|as|with|blank|empty)\\b|[=:])`,
  `${assigning}(?<![\\w/@.?&-])[a-z]+(?:_[a-z0-9]+)+["']? ?(?:(?:to|as|with)\\b|=)`,
  `(?:setz\\w*|schreib\\w*|kopier\\w*|trag\\w*|ander\\w*|full\\w*)\\b${near(30)}\\b(?:das|im|ins|dem) (?:daten)?feld\\b`,
  `(?:pon|ponga|establece|establezca|escrib[ea]|rellen[ae]|cambi[ae]|fij[ae])\\b${near(30)}\\bel campo\\b`,
  `(?:mets|mettez|defini\\w*|rempli\\w*|ecri\\w*|change[zr]?)\\b${near(30)}\\b(?:le|du|au) champ\\b`,
  // To judge the conversation.
  `(?:mark|rate|classify|label|score|tag|judge|treat|count)\\b${near(10)}\\b(?:this|the|our) (?:\\w+ )?(?:call|chat|conversation|session|interaction|transcript)\\b${near(20)}\\b(?:as|success\\w*|positive|resolved)\\b`,
  `(?:markier\\w*|bewert\\w*|werte|stuf\\w*)\\b${near(30)}\\b(?:anruf|gesprach|chat|unterhaltung)\\b${near(30)}\\b(?:als|erfolgreich|positiv)\\b`,
  `(?:marc[ae]|marque|califi[cq]\\w+|clasifi[cq]\\w+)\\b${near(30)}\\b(?:llamada|conversacion|chat)\\b${near(20)}\\b(?:como|exitos[ao]|positiv[ao])\\b`,
  `(?:marque[zr]?|classe[zr]?|note[zr]?|considere[zr]?)\\b${near(30)}\\b(?:appel|conversation|discussion|chat)\\b${near(20)}\\bcomme\\b`,
  `summar(?:y|ize|ise)\\b${near(30)}\\b(?:must|should|shall|has to) (?:say|read|be|contain|state)\\b`,
  `(?:copy|put|write|append|include|paste|insert|say|add)\\b${near(60)}\\b(?:in|into|to) (?:your (?:\\w+ )?|the (?:call|chat|conversation|analysis) )(?:summary|extraction|analysis|output)\\b`,
  `(?:treat|use|take|accept|count)\\b${near(30)}\\bas (?:the )?(?:evidence|ground truth)\\b`,
  // It is spoken to, or of.
  `(?:notes?|messages?|instructions?|commands?|attention|memo)\\b,? (?:to|for) (?:the |any |our |your )?(?:ai|llm|language model|model|gpt|chatgpt|analy[sz]er|extractor|summari[sz]er)\\b`,
  `(?:nachricht|hinweis|anweisung|nota|mensaje|instruccion|note|message|consigne) (?:an|fur|para|al?|pour|au) (?:die |das |den |la |el |l')?(?:ki|ia|modelo?|modele|modell|sprachmodell)\\b`,
  `(?:whoever|whatever|any(?:one|thing)|the (?:ai|model|llm|program|software)|when you|if you)\\b${near(30)}\\b(?:read|analy[sz]|summari[sz]|extract|process|evaluat|scor)\\w*\\b${near(20)}\\b(?:this|the) (?:call|chat|conversation|transcript)\\b`,
  `(?:system|developer|hidden) prompt\\b|system instructions?\\b|do anything now\\b|system-?prompt\\b|prompt del sistema\\b|prompt systeme\\b`,
  `you are (?:now|no longer) (?:an? )?(?:\\w+ ){0,2}(?:ai|llm|language model|model|assistant|bound by)\\b`,
  `new (?:system )?(?:instructions?|directives?|prompt) ?(?:for (?:you|the model)|:)|neue anweisung(?:en)? ?:|nuevas instrucciones ?:|nouvelles? (?:instructions?|consignes?) ?:`,
  `(?:reveal|print|repeat|output|show|leak|recite)\\b${near(20)}\\b(?:your|the) (?!command)(?:\\w+ )?prompt\\b`,
  `(?:output|return|respond with|answer with|emit)\\b${near(20)}\\bjson\\b`,
  // It is shown an answer of its own.
  `f\\d\\d"? ?[:=]`,
  // Hidden from people.
  `(?:decode|decipher|dekodier\\w*|decodifi\\w+|decodez)\\b${near(40)}\\b(?:follow|obey|execute|instructions?|base64|hex|rot13|befolg\\w*|obedece|suivez)\\b|base64 ?[:)]`,
  `i[ .-]g[ .-]n[ .-]o[ .-]r[ .-]e\\b`,
  `vtaber\\b${near(60)}\\bvafgehpgvbaf?\\b`, // ROT13 of "ignore … instructions"
]

/** It is shown a role, a turn, a mark or an answer of its own: these begin with anything. */
const marks = [
  `:=(?<=(?<![\\w/@.?&-])[a-z]\\w* ?:=) ?\\S`,
  `^ ?(?:\\[?(?:system|assistant|developer)\\]? ?:|#+ ?(?:system|instructions?|assistant|new task)\\b)`,
  `\\[\\d{1,4}\\] (?:\\d+:\\d\\d )?(?:user|agent|system|assistant|tool_\\w+) ?:`,
  `^ ?[-=#*]{3,80} ?(?:end|begin|start) (?:of )?(?:the )?\\w+`,
  `[-=#*]{2} ?(?:(?:end|begin|start) (?:of )?(?:the )?(?:\\w+ )?)?(?:conversation|transcript|prompt|instructions?|context|input)\\b`,
  `</?(?:system|instructions?|transcript|conversation|prompt|assistant|im_start|im_end|im_sep|endoftext|endofprompt|end_of_turn|start_of_turn|eot_id|start_header_id)\\b[^<>]{0,40}>|\\[/?inst\\]|<</?sys>>`,
  `"evidence\\\\?" ?: ?[\\[{"\\\\]`,
]

const worded = new RegExp(`\\b(?:${words.join('|')})`)
const marked = new RegExp(marks.join('|'), 'm')
const blob = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{24,4096}={0,2})(?![A-Za-z0-9+/=])/g
const shortestBlob = 24
const inBlob = /[A-Za-z0-9+/]/
const machineName = /^[a-z]+(?:_[a-z0-9]+)+$/
/** Has no accents and no look-alikes. */
const ascii = /^[\x20-\x7E\n\t]*$/
const hexBlob = /^(?:[0-9a-f]{2})+$/i
const mostBlobs = 20

/** The places of the texts that talk to the model, among those of one conversation. */
export type TalkDetector = (texts: readonly string[]) => number[]

/**
 * Finds turns that talk to the model that will read them, rather than to the other side: that ask it to drop its rules, to fill in a field or
 * judge the call, imitate roles and marks, or hide such words in base64 or hex. `items`: the names of what is asked for; those that
 * only a machine would write (`call_successful`) are fields to whoever speaks of setting one. A short list of patterns; it errs on the
 * side of silence. Linear in the length of the texts. Pure.
 */
export function talkDetector(items: readonly string[]): TalkDetector {
  const names = items.map((name) => name.toLowerCase()).filter((name) => machineName.test(name))
  const assignment = new RegExp(`\\b${assigning}(?<![\\w/@.?&-])(?:${names.join('|')})\\b(?![@./])`)
  const isTalk = (said: string) =>
    worded.test(said) || marked.test(said) || (names.length > 0 && said.includes('_') && assignment.test(said))
  const talks = (text: string) =>
    isTalk(folded(text)) || (text.match(blob) ?? []).slice(0, mostBlobs).some((found) => isTalk(folded(decoded(found))))
  return (texts) => {
    // Read as one first, for speed. No pattern can tell the border of a line from that of a text: what talks alone talks among others.
    const all = texts.join('\n')
    if (!isTalk(folded(all)) && !mayHoldBlob(all)) return []
    return [...texts.keys()].filter((place) => talks(texts[place] ?? ''))
  }
}

function folded(text: string): string {
  const cleaned = clean(text)
  const plain = ascii.test(cleaned) ? cleaned : cleaned.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  // A single space stays as it is: replacing each by itself takes longer than all else here.
  return plain
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\S\n]{2,}|[^\S\n ]/g, ' ')
}

/** Whether as many characters as make a blob stand in a row: none can without standing in one of these places. */
function mayHoldBlob(text: string): boolean {
  for (let at = shortestBlob - 1; at < text.length; at += shortestBlob) {
    if (!inBlob.test(text.charAt(at))) continue
    let first = at
    while (at - first < shortestBlob && inBlob.test(text.charAt(first - 1))) first -= 1
    let end = at + 1
    while (end - first < shortestBlob && inBlob.test(text.charAt(end))) end += 1
    if (end - first >= shortestBlob) return true
  }
  return false
}

function decoded(found: string): string {
  return Buffer.from(found, hexBlob.test(found) ? 'hex' : 'base64').toString('utf8')
}
