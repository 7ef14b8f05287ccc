import { choicesOf, type Item, presetNames } from './items.ts'

export type ItemProblem = { path: string; message: string }

/**
 * A strict answer schema takes 1,000 enum values in all, those of each item's status included, with 120,000 characters of names
 * and values; and a list of more than 250 choices only up to 15,000 characters (reference/llm.md 1.1). 100 items with a status
 * each and 500 choices of 200 characters stay below.
 */
const limits = {
  items: 100,
  choices: 500,
  choiceLength: 200,
  longList: 250,
  longListLength: 15_000,
  examples: 50,
  exampleLength: 1_000,
}

const builtIn = new Set<string>(presetNames)

/**
 * What is wrong with a list of items that are each well formed: names, texts, choices, counts. Empty when nothing is. A choice that
 * stands twice is no mistake: it is asked once, in its first place. `path` is relative to the list (`[3].choices`), the message names the item. Pure.
 */
export function checkItems(items: Item[]): ItemProblem[] {
  const problems = items.flatMap((item, index) => [
    ...checkName(item, index, items),
    ...checkTexts(item, index),
    ...checkChoices(item, index),
    ...(item.type === 'string' ? checkExamples(item.name, item.examples ?? [], index) : []),
  ])
  if (items.length > limits.items) {
    problems.push({ path: '', message: `${items.length} items, at most ${limits.items} fit one analysis` })
  }
  const choices = items.reduce((sum, item) => sum + choicesOf(item).length, 0)
  if (choices > limits.choices) {
    problems.push({ path: '', message: `${choices} choices in all items, at most ${limits.choices} fit one analysis` })
  }
  return problems
}

function checkName(item: Item, index: number, items: Item[]): ItemProblem[] {
  const path = `[${index}].name`
  if (item.name.trim() === '') return [{ path, message: 'the name of an item cannot be blank' }]
  if (item.type !== 'system-presets' && builtIn.has(item.name)) {
    return [{ path, message: `${item.name} is the name of a built-in item; give this one another` }]
  }
  const first = items.findIndex((other) => other.name === item.name)
  return first === index ? [] : [{ path, message: `item ${item.name} is already defined at [${first}]` }]
}

/** A name is a word in mapping files, CRM reports and the CLI: no line ends, no characters that nobody sees. */
function checkTexts(item: Item, index: number): ItemProblem[] {
  const problems: ItemProblem[] = []
  if (/\p{Cc}/u.test(item.name) || !item.name.isWellFormed()) {
    const message = `the name of item ${JSON.stringify(item.name)} holds a control character or half a character`
    problems.push({ path: `[${index}].name`, message })
  }
  const texts = {
    description: [item.description ?? ''],
    conditional_prompt: [item.conditional_prompt ?? ''],
    choices: choicesOf(item),
    examples: item.type === 'string' ? (item.examples ?? []) : [],
  }
  for (const [key, values] of Object.entries(texts)) {
    // PostgreSQL takes neither, so what is stored would be another config than what is asked.
    if (values.every((text) => text.isWellFormed() && !text.includes('\0'))) continue
    problems.push({ path: `[${index}].${key}`, message: `item ${item.name} holds a NUL or half a character` })
  }
  return problems
}

function checkExamples(name: string, examples: string[], index: number): ItemProblem[] {
  const path = `[${index}].examples`
  if (examples.length > limits.examples) {
    return [{ path, message: `item ${name} has ${examples.length} examples, at most ${limits.examples} are of use` }]
  }
  if (examples.every((example) => example.length <= limits.exampleLength)) return []
  return [{ path, message: `item ${name} has an example of more than ${limits.exampleLength} characters` }]
}

function checkChoices(item: Item, index: number): ItemProblem[] {
  const { name } = item
  const choices = choicesOf(item)
  const path = `[${index}].choices`
  const problems: ItemProblem[] = []
  if (choices.some((choice) => choice.trim() === '')) {
    problems.push({ path, message: `item ${name} has a blank choice` })
  }
  if (choices.some((choice) => choice.length > limits.choiceLength)) {
    problems.push({ path, message: `item ${name} has a choice of more than ${limits.choiceLength} characters` })
  }
  if (choices.length > limits.longList && choices.join('').length > limits.longListLength) {
    const most = `a list of more than ${limits.longList} choices may have ${limits.longListLength} characters`
    problems.push({ path, message: `item ${name} has too long a list of choices: ${most}` })
  }
  return problems
}
