// Marks in rendered SQL that say where each piece of it comes from, so that a fault in a statement can be shown in the file
// that a person has written. Only `check` asks for them; without their marks the texts are what is compiled otherwise.

import nunjucks from 'nunjucks'
import type { SourceFile } from './source_file.js'
import { nodesOf, startOfExpression } from './template_syntax.js'

type Ast = nunjucks.AstNode

/** No source file holds control characters. A mark is `begin`, its words, `end`; what it opens ends at `close`. */
export const traceMarks = { begin: '\u0010', end: '\u0011', close: '\u0012' } as const
const { begin, end, close } = traceMarks
const anyMark = /\u0010[^\u0011]*\u0011|\u0012/g

/** For whoever reads a text that may have marks. */
export const withoutMarks = (text: string): string => text.replaceAll(anyMark, '')

/** Filters that leave the text they are given recognizable. */
const textFilters = new Set(['indent', 'trim', 'upper', 'lower', 'safe', 'string', 'default'])

/**
 * The files that marks speak of. `deep`: what a macro gives keeps its marks as an argument of another call and in a
 * variable as well; a template that computes with such a text then renders to something else, or fails.
 */
export class Tracer {
  readonly files: SourceFile[] = []

  constructor(readonly deep: boolean) {}

  trace(file: SourceFile, ast: Ast): FileTrace {
    this.files.push(file)
    return new FileTrace(file, this.files.length - 1, ast, this.deep)
  }

  /** The whole text of a model between marks, without the white space and the semicolon at its ends. */
  whole(file: SourceFile, text: string): string {
    this.files.push(file)
    return `${begin}m:${this.files.length - 1}${end}${trimmed(text)}${close}`
  }
}

/** White space at the ends and a last semicolon go; marks between them stay. */
function trimmed(text: string): string {
  const parts = text.split(/(\u0010[^\u0011]*\u0011|\u0012)/)
  const strip = (indexes: readonly number[], pattern: RegExp): void => {
    for (const index of indexes) {
      parts[index] = parts[index]?.replace(pattern, '') ?? ''
      if (parts[index] !== '') return
    }
  }
  const texts = parts.map((_, index) => index).filter(index => index % 2 === 0)
  const backwards = [...texts].reverse()
  strip(texts, /^\s+/)
  strip(backwards, /\s+$/)
  if (withoutMarks(parts.join('')).endsWith(';')) {
    strip(backwards, /;$/)
    strip(backwards, /\s+$/)
  }
  return parts.join('')
}

/** The marks of one template. */
export class FileTrace {
  private readonly lineStarts: readonly number[]
  private readonly printed = new Set<Ast>()
  private cursor = 0

  constructor(
    private readonly file: SourceFile,
    private readonly index: number,
    ast: Ast,
    readonly deep: boolean,
  ) {
    let at = 0
    this.lineStarts = file.text.split('\n').map(line => {
      const start = at
      at += line.length + 1
      return start
    })
    for (const node of nodesOf(ast)) {
      if (node.typename === 'Output') for (const child of node.children ?? []) this.print(child)
      else if (deep && node.typename === 'Set') this.print(node.value as Ast | undefined)
    }
  }

  /** The mark before a piece of text that stands in the file as it is printed. */
  data(node: Ast): string {
    const text = String(node.value)
    const offset = this.find(text, this.offsetOf(node))
    if (offset === undefined) return ''
    this.cursor = offset + text.length
    return `${begin}d:${this.index}:${offset}${end}`
  }

  /** The mark before what an expression prints; `close` ends it. */
  expression(node: Ast): string {
    const start = this.offsetOf(startOfExpression(node))
    const from = Math.max(0, this.file.text.lastIndexOf('{{', start))
    return `${begin}e:${this.index}:${from}:${endOfExpression(this.file.text, start)}${end}`
  }

  /** Whether what a call gives is printed as it is. */
  isPrinted(call: Ast): boolean {
    return this.printed.has(call)
  }

  private print(node: Ast | undefined): void {
    if (!node?.typename) return
    const { typename, children = [], args, body, else_, left, right } = node
    if (typename === 'FunCall') {
      this.printed.add(node)
      if (this.deep) for (const argument of args?.children ?? []) this.print(argument)
    } else if (typename === 'InlineIf') {
      this.print(body)
      this.print(else_ ?? undefined)
    } else if (typename === 'Group') for (const child of children) this.print(child)
    else if (typename === 'Filter' && textFilters.has(String(node.name?.value)))
      this.print(args?.children?.[0])
    else if (typename === 'Add' && this.deep) {
      this.print(left)
      this.print(right)
    }
  }

  private offsetOf({ lineno, colno }: Ast): number {
    return (this.lineStarts[lineno] ?? 0) + colno
  }

  /** nunjucks takes white space away at the ends of a piece. */
  private find(text: string, offset: number): number | undefined {
    const { text: source } = this.file
    const blanks = /^\s*/.exec(source.slice(offset))?.[0].length ?? 0
    const near = [offset, offset + blanks].find(at => source.startsWith(text, at))
    if (near !== undefined) return near
    const next = source.indexOf(text, this.cursor)
    return next === -1 ? undefined : next
  }
}

/** Behind the closing braces; texts in quotes may hold some. */
function endOfExpression(text: string, start: number): number {
  const pattern = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|[-]?\}\}/g
  pattern.lastIndex = start
  for (let found = pattern.exec(text); found; found = pattern.exec(text))
    if (found[0].endsWith('}}')) return pattern.lastIndex
  return text.length
}

/** A value that a template computes with: without marks. */
export function unmarked(value: unknown): unknown {
  const isText = typeof value === 'string' || value instanceof nunjucks.runtime.SafeString
  if (!isText || !String(value).includes(begin)) return value
  const plain = withoutMarks(String(value))
  return typeof value === 'string' ? plain : new nunjucks.runtime.SafeString(plain)
}

export const closeMark = close
