/** The lines that differ between two texts, `- ` those that went and `+ ` those that came, in order. */
export function lineDiff(before: string, after: string): string[] {
  return difference(before.split(/\r?\n/), after.split(/\r?\n/))
}

/** By the longest run of lines that both share, which is exact for the few lines between a common start and end. */
function difference(old: string[], now: string[]): string[] {
  const isSame = (a: number, b: number) => old.at(a) === now.at(b)
  const shorter = Math.min(old.length, now.length)
  let start = 0
  while (start < shorter && isSame(start, start)) start += 1
  let end = 0
  while (end < shorter - start && isSame(-1 - end, -1 - end)) end += 1
  const [gone, come] = [old.slice(start, old.length - end), now.slice(start, now.length - end)]
  const kept = gone.find((line) => come.includes(line))
  if (kept === undefined) return [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)]
  const [a, b] = [gone.indexOf(kept), come.indexOf(kept)]
  return [...difference(gone.slice(0, a), come.slice(0, b)), ...difference(gone.slice(a + 1), come.slice(b + 1))]
}
