import { type Item, presetNames } from './items.ts'

export type ItemProblem = { path: string; message: string }

/**
 * A strict answer schema takes 1,000 enum values in all, those of each item's status included (reference/llm.md 1.1),
 * and a list of more than 250 choices only up to 15,000 characters.
 */
const limits = { items: 100, choices: 500, longList: 250, longListLength: 15_000 }

const builtIn = new Set<string>(presetNames)

/**
 * What is wrong with a list of items that are each well formed: names, choices, counts. Empty when nothing is.
 * `path` is relative to the list (`[3].choices`), the message names the item. Pure.
 */
export function checkItems(items: Item[]): ItemProblem[] {
  const problems = items.flatMap((item, index) => [
    ...checkName(item, index, items),
    ...(item.type === 'enum' ? checkChoices(item.name, item.choices, index) : []),
  ])
  if (items.length > limits.items) {
    problems.push({ path: '', message: `${items.length} items, at most ${limits.items} fit one analysis` })
  }
  const choices = items.reduce((sum, item) => sum + (item.type === 'enum' ? item.choices.length : 0), 0)
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

function checkChoices(name: string, choices: string[], index: number): ItemProblem[] {
  const path = `[${index}].choices`
  const problems: ItemProblem[] = []
  if (choices.some((choice) => choice.trim() === '')) {
    problems.push({ path, message: `item ${name} has a blank choice` })
  }
  const twice = choices.find((choice, at) => choices.indexOf(choice) !== at)
  if (twice !== undefined)
    problems.push({ path, message: `item ${name} has the choice ${JSON.stringify(twice)} twice` })
  if (choices.length > limits.longList && choices.join('').length > limits.longListLength) {
    const most = `a list of more than ${limits.longList} choices may have ${limits.longListLength} characters`
    problems.push({ path, message: `item ${name} has too long a list of choices: ${most}` })
  }
  return problems
}
