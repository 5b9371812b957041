// What a template can reach, and how much it can do: values of the project and their plain properties, never what JavaScript
// hangs on them; and only so many steps and letters, so that no template runs without an end. No clock decides, so a template
// ends the same way on every machine.

import { fail } from './diagnostics.js'
import { protectedText } from './unsafe_text.js'

/** Turns of loops, calls and filters while one template is rendered. */
const maxSteps = 250_000
/** Letters that one template writes, and the longest text that it computes. */
const maxLetters = 20_000_000
/** Values in lists and maps, also in those inside of them. */
const maxValues = 100_000
/** How many letters are looked through, or values, in the time of a step. */
const lettersPerStep = 400
const valuesPerStep = 40
/** The longest text for filters whose work grows with the square of its length, and of that square what they do in a step. */
const maxFiltered = 20_000
const squarePerStep = 40_000
/** The largest number for filters that repeat something as often as it says. */
const maxRepeated = 10_000

/** What one rendering has left to spend. */
export class TemplateBudget {
  #steps = 0
  #letters = 0

  /** @throws Faults `template-too-large` */
  step(cost = 1): void {
    this.#steps += cost
    if (this.#steps > maxSteps) tooLarge(`more than ${inWords(maxSteps)} steps`)
  }

  /** @throws Faults `template-too-large` */
  write(letters: number): void {
    this.#letters += letters
    if (this.#letters > maxLetters) tooLarge(`more than ${inWords(maxLetters)} letters`)
  }

  /** Of a value that is about to be looked through. @throws Faults `template-too-large` */
  weigh(value: unknown): void {
    const text = textOf(value)
    if (text !== undefined) this.step(checkedLength(text) / lettersPerStep)
    else if (typeof value === 'object' && value !== null) this.step(weightOf(value))
  }

  /** Of a value that a text is about to be joined from: one that is a text costs nothing. @throws Faults `template-too-large` */
  weighPart(value: unknown): void {
    const text = textOf(value)
    if (text === undefined) this.weigh(value)
    else checkedLength(text)
  }
}

const textOf = (value: unknown): { readonly length: number } | undefined =>
  typeof value === 'string' || value instanceof String ? value : protectedText(value)

function checkedLength({ length }: { readonly length: number }): number {
  if (length > maxLetters) tooLarge(`a text of more than ${inWords(maxLetters)} letters`)
  return length
}

const inWords = (number: number): string => number.toLocaleString('en')

const tooLarge = (what: string): never =>
  fail('template-too-large', `the template makes ${what}`, {
    hint: 'Look for a loop or a macro that does not end, or that doubles what it is given.',
  })

/** What it takes in steps to look through the values in it, those of the lists in it each time that they stand there. */
function weightOf(value: object): number {
  const open: unknown[] = [value]
  let count = 0
  let letters = 0
  while (open.length > 0) {
    const next = open.pop()
    count += 1
    if (count + open.length > maxValues) tooLarge(`a list of more than ${inWords(maxValues)} values`)
    letters += textOf(next)?.length ?? 0
    if (isPlain(next)) for (const inner of Object.values(next)) open.push(inner)
  }
  return count / valuesPerStep + letters / lettersPerStep
}

const isPlain = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === 'object' &&
    value !== null &&
    protectedText(value) === undefined &&
    Object.getPrototypeOf(value) === Object.prototype)

const textMethods = new Set(
  'at charAt concat endsWith includes indexOf lastIndexOf padEnd padStart repeat replace replaceAll slice split startsWith substring toLowerCase toString toUpperCase trim trimEnd trimStart'.split(
    ' ',
  ),
)
const listMethods = new Set(
  'at concat includes indexOf join lastIndexOf pop push reverse shift slice toString unshift'.split(' '),
)
const numberMethods = new Set(['toFixed', 'toString'])

/**
 * What stands behind a dot or in brackets: a property of the value's own, or a method of texts, lists and numbers that gives
 * the same on every machine.
 * @throws Faults `template-forbidden` for everything else that JavaScript has there
 */
export function memberOf(target: unknown, key: unknown, budget: TemplateBudget): unknown {
  if (target === undefined || target === null) return undefined
  if (protectedText(target) !== undefined) return (target as Record<string, unknown>)[String(key)]
  budget.weigh(key)
  const name = String(key)
  if (typeof target === 'function') return forbidden(name)
  if (typeof target === 'string' && name !== 'length') budget.weigh(target)
  const held = Object(target) as Record<string, unknown>
  if (Object.hasOwn(held, name)) return held[name]
  if (!(name in held)) return undefined
  const method = held[name]
  if (typeof method !== 'function' || !methodsOf(target).has(name)) return forbidden(name)
  return (...args: readonly unknown[]): unknown => {
    checkGrowth(target, name, args, budget)
    const result: unknown = method.apply(target, args)
    budget.weigh(result)
    return result
  }
}

const noMethods: ReadonlySet<string> = new Set()

function methodsOf(target: unknown): ReadonlySet<string> {
  if (typeof target === 'string' || target instanceof String) return textMethods
  if (Array.isArray(target)) return listMethods
  return typeof target === 'number' ? numberMethods : noMethods
}

const forbidden = (name: string): never =>
  fail('template-forbidden', `a template cannot reach '${name}' here`, {
    hint: 'It sees values of the project and their own properties, and plain methods of texts and lists.',
  })

/** Before what could fill the memory in one call. */
function checkGrowth(target: unknown, name: string, args: readonly unknown[], budget: TemplateBudget): void {
  const [count] = args
  const length = String(name === 'repeat' ? target : '').length
  if (name === 'repeat') budget.write(length * Number(count))
  if (name === 'padStart' || name === 'padEnd') budget.write(Number(count))
  if (args.some(arg => typeof arg === 'function')) forbidden(name)
  for (const value of [target, ...args]) budget.weigh(value)
}

/** Filters that read a text once, however long it is. */
const longTextFilters = new Set(
  'default d e escape forceescape in indent join length list lower replace safe string trim upper'.split(' '),
)
const repeatingFilters = new Set(['batch', 'center', 'indent', 'slice', 'truncate'])

/** Before a filter works on its operands. @throws Faults `template-too-large` */
export function checkFilter(name: string, operands: readonly unknown[], budget: TemplateBudget): void {
  budget.step()
  for (const operand of operands) budget.weigh(operand)
  const [value, amount] = operands
  const length = longTextFilters.has(name) ? 0 : (textOf(value)?.length ?? 0)
  if (length > maxFiltered)
    tooLarge(`a text of more than ${inWords(maxFiltered)} letters for the filter ${name}`)
  budget.step(length ** 2 / squarePerStep)
  if (repeatingFilters.has(name) && typeof amount === 'number' && amount > maxRepeated)
    tooLarge(`the filter ${name} repeat something more than ${inWords(maxRepeated)} times`)
}

/** nunjucks' `range`, with an end. @throws Faults `template-too-large`, `bad-value` */
export function range(...bounds: readonly unknown[]): readonly number[] {
  const numbers = bounds.filter(bound => typeof bound === 'number')
  const [first = 0, second, third] = numbers
  const [start, stop] = second === undefined ? [0, first] : [first, second]
  const step = third === undefined || third === 0 ? 1 : third
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (!(count <= maxValues)) tooLarge(`a range of more than ${inWords(maxValues)} numbers`)
  return Array.from({ length: count }, (_, index) => start + index * step)
}

/** Where names of a template are looked for. */
export interface TemplateContext {
  readonly ctx: Readonly<Record<string, unknown>>
  readonly env: { readonly globals: Readonly<Record<string, unknown>> }
}

/** The value of a name: set in the template, handed to it, or one of the functions of every template. */
export function lookedUp(
  context: TemplateContext,
  frame: { lookup(name: string): unknown },
  name: string,
): unknown {
  const local = frame.lookup(name)
  if (local !== undefined) return local
  const found = [context.ctx, context.env.globals].find(names => Object.hasOwn(names, name))
  return found?.[name]
}
