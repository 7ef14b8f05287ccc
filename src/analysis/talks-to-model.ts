import { clean } from './clean.ts'

/** Less than a sentence: what belongs together stands together. Also what keeps the work linear. */
const near = (most: number) => `[^.?!\\n]{0,${most}}`

/** Not across the borders of values in JSON. */
const assigning =
  '\\b(?:set|fill|write|put|enter|mark|change|update|overwrite|populate|copy|report)\\b(?:(?!"[,:])[^.?!\\n]){0,40}'

/**
 * Words that only make sense when said to the program that reads a transcript: English, German, Spanish, French, and for the
 * commonest of them Italian, Portuguese and Dutch. Compared in small letters without accents. Not here: what callers say to people and
 * agents ("set an appointment", "ignore the noise", "are you an AI?"). `set budget to 1500` alone is an answer as well.
 */
const patterns = [
  // To drop its rules.
  `\\b(?:ignore|disregard|(?<!n't |not |never )forget|override|bypass|discard)\\b${near(20)}\\b(?:previous|prior|above|earlier|preceding|your|all|any|system|original)\\b${near(20)}\\b(?:instructions?|rules?|prompts?|guidelines|directives?|programming)\\b`,
  `\\b(?:ignore|disregard|override)\\b${near(20)}\\b(?:instructions?|rules|prompt)\\b (?:above|before|so far|(?:you were )?given)\\b`,
  `\\b(?:ignorier\\w*|vergiss|vergesst|missacht\\w*|uberschreib\\w*|umgeh\\w*)\\b${near(40)}\\b(?:anweisung(?:en)?|regeln|vorgaben|prompt|instruktionen)\\b`,
  `\\b(?:ignor[aei]|ignoren|olvid[ae]|omit[ae]|dimentica|esqueca|negeer|vergeet)\\b${near(40)}\\b(?:instrucciones|reglas|indicaciones|istruzioni|regole|instrucoes|regras|instructies|regels)\\b`,
  `\\b(?:ignore[zr]?|oublie[zr]?) (?:toutes? )?(?:les|tes|vos|ces)\\b${near(20)}\\b(?:instructions?|regles|consignes|directives)\\b`,
  // To fill in a field.
  `\\b(?:copy|paste|write|enter)\\b${near(40)}\\b(?:in|into|to) (?:the )?field \\w`,
  `\\b(?:set|fill|write|put|enter|change|update|overwrite|populate|leave)\\b${near(40)}\\bfields?\\b${near(30)}(?:\\b(?:to|as|with|blank|empty)\\b|[=:])`,
  `${assigning}(?<![\\w/@.?&-])[a-z]+(?:_[a-z0-9]+)+["']? ?(?:(?:to|as|with)\\b|=)`,
  `(?<![\\w/@.?&-])[a-z]\\w* ?:= ?\\S|\\bf\\d\\d"? ?[:=]`,
  `\\b(?:setz\\w*|schreib\\w*|kopier\\w*|trag\\w*|ander\\w*|full\\w*)\\b${near(30)}\\b(?:das|im|ins|dem) (?:daten)?feld\\b`,
  `\\b(?:pon|ponga|establece|establezca|escrib[ea]|rellen[ae]|cambi[ae]|fij[ae])\\b${near(30)}\\bel campo\\b`,
  `\\b(?:mets|mettez|defini\\w*|rempli\\w*|ecri\\w*|change[zr]?)\\b${near(30)}\\b(?:le|du|au) champ\\b`,
  // To judge the conversation.
  `\\b(?:mark|rate|classify|label|score|tag|judge|treat|count)\\b${near(10)}\\b(?:this|the|our) (?:\\w+ )?(?:call|chat|conversation|session|interaction|transcript)\\b${near(20)}\\b(?:as|success\\w*|positive|resolved)\\b`,
  `\\b(?:markier\\w*|bewert\\w*|werte|stuf\\w*)\\b${near(30)}\\b(?:anruf|gesprach|chat|unterhaltung)\\b${near(30)}\\b(?:als|erfolgreich|positiv)\\b`,
  `\\b(?:marc[ae]|marque|califi[cq]\\w+|clasifi[cq]\\w+)\\b${near(30)}\\b(?:llamada|conversacion|chat)\\b${near(20)}\\b(?:como|exitos[ao]|positiv[ao])\\b`,
  `\\b(?:marque[zr]?|classe[zr]?|note[zr]?|considere[zr]?)\\b${near(30)}\\b(?:appel|conversation|discussion|chat)\\b${near(20)}\\bcomme\\b`,
  `\\bsummar(?:y|ize|ise)\\b${near(30)}\\b(?:must|should|shall|has to) (?:say|read|be|contain|state)\\b`,
  `\\b(?:copy|put|write|append|include|paste|insert|say|add)\\b${near(60)}\\b(?:in|into|to) (?:your (?:\\w+ )?|the (?:call|chat|conversation|analysis) )(?:summary|extraction|analysis|output)\\b`,
  `\\b(?:treat|use|take|accept|count)\\b${near(30)}\\bas (?:the )?(?:evidence|ground truth)\\b`,
  // It is spoken to, or of.
  `\\b(?:notes?|messages?|instructions?|commands?|attention|memo)\\b,? (?:to|for) (?:the |any |our |your )?(?:ai|llm|language model|model|gpt|chatgpt|analy[sz]er|extractor|summari[sz]er)\\b`,
  `\\b(?:nachricht|hinweis|anweisung|nota|mensaje|instruccion|note|message|consigne) (?:an|fur|para|al?|pour|au) (?:die |das |den |la |el |l')?(?:ki|ia|modelo?|modele|modell|sprachmodell)\\b`,
  `\\b(?:whoever|whatever|any(?:one|thing)|the (?:ai|model|llm|program|software)|when you|if you)\\b${near(30)}\\b(?:read|analy[sz]|summari[sz]|extract|process|evaluat|scor)\\w*\\b${near(20)}\\b(?:this|the) (?:call|chat|conversation|transcript)\\b`,
  `\\b(?:system|developer|hidden) prompt\\b|\\bsystem instructions?\\b|\\bdo anything now\\b|\\bsystem-?prompt\\b|\\bprompt del sistema\\b|\\bprompt systeme\\b`,
  `\\byou are (?:now|no longer) (?:an? )?(?:\\w+ ){0,2}(?:ai|llm|language model|model|assistant|bound by)\\b`,
  `\\bnew (?:system )?(?:instructions?|directives?|prompt) ?(?:for (?:you|the model)|:)|\\bneue anweisung(?:en)? ?:|\\bnuevas instrucciones ?:|\\bnouvelles? (?:instructions?|consignes?) ?:`,
  `\\b(?:reveal|print|repeat|output|show|leak|recite)\\b${near(20)}\\b(?:your|the) (?!command)(?:\\w+ )?prompt\\b`,
  `\\b(?:output|return|respond with|answer with|emit)\\b${near(20)}\\bjson\\b`,
  // It is shown a role, a turn, a mark or an answer of its own.
  `^ ?(?:\\[?(?:system|assistant|developer)\\]? ?:|#+ ?(?:system|instructions?|assistant|new task)\\b)`,
  `\\[\\d{1,4}\\] (?:\\d+:\\d\\d )?(?:user|agent|system|assistant|tool_\\w+) ?:`,
  `^ ?[-=#*]{3,80} ?(?:end|begin|start) (?:of )?(?:the )?\\w+`,
  `[-=#*]{2} ?(?:(?:end|begin|start) (?:of )?(?:the )?(?:\\w+ )?)?(?:conversation|transcript|prompt|instructions?|context|input)\\b`,
  `</?(?:system|instructions?|transcript|conversation|prompt|assistant|im_start|im_end|im_sep|endoftext|endofprompt|end_of_turn|start_of_turn|eot_id|start_header_id)\\b[^<>]{0,40}>|\\[/?inst\\]|<</?sys>>`,
  `"evidence\\\\?" ?: ?[\\[{"\\\\]`,
  // Hidden from people.
  `\\b(?:decode|decipher|dekodier\\w*|decodifi\\w+|decodez)\\b${near(40)}\\b(?:follow|obey|execute|instructions?|base64|hex|rot13|befolg\\w*|obedece|suivez)\\b|\\bbase64 ?[:)]`,
  `\\bi[ .-]g[ .-]n[ .-]o[ .-]r[ .-]e\\b`,
  `\\bvtaber\\b${near(60)}\\bvafgehpgvbaf?\\b`, // ROT13 of "ignore … instructions"
]

const talk = new RegExp(patterns.join('|'), 'm')
const blob = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{24,4096}={0,2})(?![A-Za-z0-9+/=])/g
const machineName = /^[a-z]+(?:_[a-z0-9]+)+$/
/** Has no accents and no look-alikes. */
const ascii = /^[\x20-\x7E\n\t]*$/
const hexBlob = /^(?:[0-9a-f]{2})+$/i
const mostBlobs = 20

/**
 * Whether a turn talks to the model that will read it, rather than to the other side: asks it to drop its rules, to fill in a field or
 * judge the call, imitates roles and marks, or hides such words in base64 or hex. `items`: the names of what is asked for; those that
 * only a machine would write (`call_successful`) are fields to whoever speaks of setting one. A short list of patterns; it errs on the
 * side of silence. Linear in the length of the text. Pure.
 */
export function talksToModel(text: string, items: readonly string[] = []): boolean {
  return talkDetector(items)(text)
}

/** The same of many turns. */
export function talkDetector(items: readonly string[]): (text: string) => boolean {
  const names = items.map((name) => name.toLowerCase()).filter((name) => machineName.test(name))
  const assignment = new RegExp(`${assigning}(?<![\\w/@.?&-])(?:${names.join('|')})\\b(?![@./])`)
  const talks = (said: string) => talk.test(said) || (names.length > 0 && assignment.test(said))
  return (text) => {
    if (talks(folded(text))) return true
    return (text.match(blob) ?? []).slice(0, mostBlobs).some((found) => talks(folded(decoded(found))))
  }
}

function folded(text: string): string {
  const cleaned = clean(text)
  const plain = ascii.test(cleaned) ? cleaned : cleaned.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  return plain
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\S\n]+/g, ' ')
}

function decoded(found: string): string {
  return Buffer.from(found, hexBlob.test(found) ? 'hex' : 'base64').toString('utf8')
}
