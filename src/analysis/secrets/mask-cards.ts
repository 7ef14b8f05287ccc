/** As typed, or as speech recognition writes it: in groups, or digit by digit. Not the digits behind a decimal point. */
const digitRun = /(?<!\d|\d\.)\d(?:[ ,–-]{0,2}\d){12,}/g
/** Numbers of Visa, Mastercard, American Express, Diners, JCB, Discover, Maestro and UnionPay. */
const network =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|(?:5[0678]|6\d)\d{14,17})$/
const lengths = [19, 18, 17, 16, 15, 14, 13]

/** A text with the numbers of payment cards in it masked: the length and beginning of a network, and a check digit that is right. Pure. */
export function maskCards(text: string): string {
  return text.replaceAll(digitRun, maskIn)
}

/** A number may stand among others, such as the date until which the card is good: each begins and ends with a group of digits. */
function maskIn(run: string): string {
  const places = Array.from(run.matchAll(/\d/g), ({ index }) => index)
  const isBorder = (digit: number) => places[digit - 1] !== (places[digit] ?? Number.NaN) - 1
  let masked = ''
  let done = 0
  for (let first = 0; first < places.length; first++) {
    if (!isBorder(first)) continue
    const start = places[first] ?? 0
    const length = lengths.find((count) => {
      const last = places[first + count - 1]
      return last !== undefined && isBorder(first + count) && isCard(digitsOf(run.slice(start, last + 1)))
    })
    if (length === undefined) continue
    masked += `${run.slice(done, start)}[card number]`
    done = (places[first + length - 1] ?? 0) + 1
    first += length - 1
  }
  return masked + run.slice(done)
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}

function isCard(digits: string): boolean {
  return network.test(digits) && luhnSum(digits) % 10 === 0
}

function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return sum + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
}
