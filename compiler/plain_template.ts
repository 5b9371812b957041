// The text of a template -> its pieces, where it is plain: text, and calls of functions whose arguments are written out. Most
// models of most projects are, and need no engine: reading one so takes a tenth of the time. Whatever has a tag, a comment, a
// filter or an expression of any other form is not plain, nor is what the engine would refuse.

import { placeOfExpression } from './expression_place.js'
import { placeAt, type SourceFile } from './source_file.js'
import type { TemplateRuntime } from './template_compiler.js'
import type { Call } from './template_syntax.js'

type LiteralValue = string | number | boolean | null | readonly LiteralValue[] | LiteralMap
interface LiteralMap {
  readonly [key: string]: LiteralValue
}

interface PlainCall {
  readonly name: string
  /** Positional ones. */
  readonly values: readonly LiteralValue[]
  /** Those with a name; undefined where there are none. */
  readonly named: Readonly<Record<string, LiteralValue>> | undefined
  /** Line and column of its name, counted from 1. */
  readonly at: readonly [line: number, column: number]
}

export interface PlainTemplate {
  /** As they follow one another. */
  readonly pieces: readonly (string | PlainCall)[]
  readonly calls: readonly Call[]
}

/** What the engine takes for a name, less what means something else there. */
const namePattern = /[A-Za-z_][A-Za-z0-9_]*/y
const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x09
const words = new Set(
  'and caller else if in is loop none not null or true false super self __proto__'.split(' '),
)
const textPattern = /'[^'\\\n]*'|"[^"\\\n]*"/y
const numberPattern = /\d{1,15}(?![\w.])/y
const wordPattern = /(true|false|none)\b/y
const wordValues: Readonly<Record<string, LiteralValue>> = { true: true, false: false, none: null }

/** undefined for a template that needs the engine */
export function readPlainTemplate(file: SourceFile): PlainTemplate | undefined {
  // A comment that ends without having begun is a fault.
  if (/\{[%#]|#\}|\{\{-|-\}\}/.test(file.text)) return undefined
  return new PlainReader(file).read()
}

/**
 * What the engine would render it to, in as many steps and letters.
 * @param valueNamed the value of a name
 * @throws Faults as the engine, apart from those of budgets
 */
export function renderPlain(
  { pieces }: PlainTemplate,
  runtime: Pick<TemplateRuntime, 'call' | 'print' | 'wrote'>,
  valueNamed: (name: string) => unknown,
): string {
  let text = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      runtime.wrote(piece.length, [1, 1])
      text += piece
      continue
    }
    const { name, values, named, at } = piece
    const args: unknown[] = values.map(fresh)
    if (named) {
      args.push({ ...freshMap(named), __keywords: true })
    }
    text += runtime.print(runtime.call(valueNamed(name), name, undefined, args, at), at)
  }
  return text
}

/** Macros may change the lists and maps that they are given. */
function fresh(value: LiteralValue): unknown {
  if (Array.isArray(value)) return value.map(fresh)
  return typeof value === 'object' && value !== null ? freshMap(value as LiteralMap) : value
}

const freshMap = (map: LiteralMap): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, fresh(value)]))

class PlainReader {
  private at = 0

  constructor(private readonly file: SourceFile) {}

  read(): PlainTemplate | undefined {
    const { text } = this.file
    const pieces: (string | PlainCall)[] = []
    const calls: Call[] = []
    while (this.at < text.length) {
      const open = text.indexOf('{{', this.at)
      const end = open === -1 ? text.length : open
      if (end > this.at) pieces.push(text.slice(this.at, end))
      if (open === -1) break
      this.at = open + 2
      const call = this.call()
      if (!call) return undefined
      pieces.push(call)
      calls.push(this.noted(call))
    }
    return { pieces, calls }
  }

  /** `name(...) }}` */
  private call(): PlainCall | undefined {
    this.passBlanks()
    const { line, column } = placeAt(this.file.path, this.file.text, this.at, 1)
    const name = this.name()
    if (name === undefined || !this.sign('(')) return undefined
    const values: LiteralValue[] = []
    const named: Record<string, LiteralValue> = {}
    let isFirst = true
    while (!this.sign(')')) {
      if (!isFirst && !this.sign(',')) return undefined
      isFirst = false
      const start = this.at
      this.passBlanks()
      const key = this.name()
      const hasKey = key !== undefined && this.sign('=')
      if (!hasKey) {
        this.at = start
        if (Object.keys(named).length > 0) return undefined
      }
      const value = this.value()
      if (value === undefined) return undefined
      if (hasKey) named[key] = value
      else values.push(value)
    }
    if (!this.sign('}}')) return undefined
    return { name, values, named: Object.keys(named).length > 0 ? named : undefined, at: [line, column] }
  }

  private value(): LiteralValue | undefined {
    this.passBlanks()
    const text = this.take(textPattern)
    if (text !== undefined) return text.slice(1, -1)
    const number = this.take(numberPattern)
    if (number !== undefined) return Number(number)
    const word = this.take(wordPattern)
    if (word !== undefined) return wordValues[word]
    if (this.sign('[')) return this.list()
    return this.sign('{') ? this.map() : undefined
  }

  private list(): LiteralValue | undefined {
    const values: LiteralValue[] = []
    while (!this.sign(']')) {
      if (values.length > 0 && !this.sign(',')) return undefined
      const value = this.value()
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }

  /** Where two brackets close maps one right behind the other, the engine takes them for the end of the expression. */
  private map(): LiteralValue | undefined {
    const entries: [string, LiteralValue][] = []
    for (;;) {
      this.passBlanks()
      if (this.file.text.startsWith('}}', this.at)) return undefined
      if (this.sign('}')) return Object.fromEntries(entries)
      if (entries.length > 0 && !this.sign(',')) return undefined
      this.passBlanks()
      const key = this.take(textPattern)?.slice(1, -1)
      if (key === undefined || key === '__proto__' || !this.sign(':')) return undefined
      const value = this.value()
      if (value === undefined) return undefined
      entries.push([key, value])
    }
  }

  private name(): string | undefined {
    const start = this.at
    const found = this.take(namePattern)
    if (found !== undefined && !words.has(found)) return found
    this.at = start
    return undefined
  }

  /** Whether the sign comes next, behind blanks; then it is passed. */
  private sign(sign: string): boolean {
    this.passBlanks()
    if (!this.file.text.startsWith(sign, this.at)) return false
    this.at += sign.length
    return true
  }

  private passBlanks(): void {
    while (isBlank(this.file.text.charCodeAt(this.at))) this.at += 1
  }

  private take(pattern: RegExp): string | undefined {
    const { text } = this.file
    const start = this.at
    pattern.lastIndex = start
    if (!pattern.test(text)) return undefined
    this.at = pattern.lastIndex
    return text.slice(start, this.at)
  }

  private noted({ name, values, at: [line, column] }: PlainCall): Call {
    return {
      name,
      arguments: values.map(value => (typeof value === 'string' ? value : undefined)),
      at: placeOfExpression(this.file, line, column),
    }
  }
}
