// A statement with the marks of a trace -> its SQL and, for each place of it, the place in the file that a person has
// written: in the model where its words stand there, else in the macro that they come from.

import type { Place } from '../diagnostics.js'
import { placeAt, type SourceFile } from '../source_file.js'
import { templateParts } from '../template_parts.js'
import { traceMarks } from '../template_trace.js'

interface Piece {
  /** Offsets in the SQL. */
  readonly start: number
  end: number
  /** The file and offset that the piece was copied from; undefined for what an expression has made. */
  readonly copied: { readonly file: SourceFile; readonly offset: number } | undefined
  /** The expressions it was printed by, the outermost first. */
  readonly printedBy: readonly Region[]
  /** The model that it belongs to; undefined for what the compiler adds around it. */
  readonly model: SourceFile | undefined
}

interface Region {
  readonly file: SourceFile
  readonly start: number
  readonly end: number
}

export interface Origin {
  readonly at: Place
  /** The call in the model, where the place is in a macro. */
  readonly call?: Place | undefined
  readonly file: SourceFile
  readonly offset: number
}

export interface MarkedText {
  readonly sql: string
  /** The origin of `length` characters at an offset; undefined for what the compiler has added. */
  origin(offset: number, length: number): Origin | undefined
  /** The file of the model that the offset lies in. */
  modelAt(offset: number): SourceFile | undefined
}

const { begin, end, close } = traceMarks
const splitter = new RegExp(`(${begin}[^${end}]*${end}|${close})`)

export function readMarks(marked: string, files: readonly SourceFile[]): MarkedText {
  const pieces: Piece[] = []
  const open: { readonly kind: string; readonly region: Region }[] = []
  let sql = ''
  let copied: Piece['copied']
  for (const part of marked.split(splitter)) {
    if (part === close) {
      open.pop()
      copied = undefined
    } else if (part.startsWith(begin)) {
      const [kind = '', index, from = '0', to = '0'] = part.slice(1, -1).split(':')
      const file = files[Number(index)]
      if (!file) throw new Error(`a mark names the file ${index}, which was not traced`)
      if (kind === 'd') copied = { file, offset: Number(from) }
      else {
        open.push({ kind, region: { file, start: Number(from), end: Number(to) } })
        copied = undefined
      }
    } else if (part !== '') {
      const model = open.findLast(({ kind }) => kind === 'm')
      const inner = model ? open.slice(open.indexOf(model) + 1) : []
      const printedBy = inner.map(({ region }) => region)
      const start = sql.length
      sql += part
      pieces.push({ start, end: sql.length, copied, printedBy, model: model?.region.file })
    }
  }
  const pieceAt = (offset: number): Piece | undefined => pieces.find(piece => offset < piece.end)
  return {
    sql,
    origin(offset, length) {
      const piece = pieceAt(offset)
      return piece && originIn(piece, sql, offset, length)
    },
    modelAt: offset => pieceAt(offset)?.model,
  }
}

function originIn(piece: Piece, sql: string, offset: number, length: number): Origin | undefined {
  const calls = piece.printedBy
  if (piece.copied) {
    const { file } = piece.copied
    const at = aligned(sql.slice(piece.start, offset), file.text, piece.copied.offset)
    const call = calls.find(region => region.file === piece.model)
    return originAt(file, at, length, file === piece.model ? undefined : call)
  }
  const words = sql.slice(offset, offset + length)
  for (const region of [...calls].reverse()) {
    const found = findWord(region.file.text.slice(region.start, region.end), words)
    if (found !== undefined) return originAt(region.file, region.start + found, length, callOf(piece, region))
  }
  for (const region of [...calls].reverse()) {
    const found = findInTags(region.file.text, words)
    if (found !== undefined) return originAt(region.file, found, length, callOf(piece, region))
  }
  // Put together from a variable or several texts: the call is what the model can change.
  const [first] = calls
  if (!first) return undefined
  const start = first.start + (/^\{\{-?\s*/.exec(first.file.text.slice(first.start))?.[0].length ?? 0)
  return originAt(first.file, start, first.end - start, undefined)
}

const callOf = (piece: Piece, region: Region): Region | undefined =>
  region.file === piece.model ? undefined : piece.printedBy.find(({ file }) => file === piece.model)

const originAt = (file: SourceFile, offset: number, length: number, call: Region | undefined): Origin => ({
  at: placeAt(file.path, file.text, offset, length),
  call: call && placeAt(call.file.path, call.file.text, call.start, call.end - call.start),
  file,
  offset,
})

/** Where in a file a copied text ends. Filters may have put white space into it or taken some away. */
function aligned(text: string, source: string, start: number): number {
  let at = start
  for (const character of text) {
    if (/\s/.test(character)) {
      if (/\s/.test(source[at] ?? '')) at += 1
      continue
    }
    while (/\s/.test(source[at] ?? '')) at += 1
    at += character.length
  }
  const rest = /^\s*/.exec(source.slice(at))?.[0].length ?? 0
  return /\s$/.test(text) || text === ''
    ? at + (source[at] !== undefined && /\s/.test(source[at] ?? '') ? rest : 0)
    : at
}

function findWord(text: string, words: string): number | undefined {
  if (words.trim() === '') return undefined
  const escaped = words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const bound = (at: string | undefined): string => (/\w/.test(at ?? '') ? '\\b' : '')
  const found = new RegExp(bound(words[0]) + escaped + bound(words.at(-1))).exec(text)
  return found?.index
}

/** A word inside of tags and expressions, where a list of names is set for instance; only where it stands there once. */
function findInTags(text: string, words: string): number | undefined {
  const found: number[] = []
  for (const tag of templateParts(text, '{%')) {
    const at = findWord(tag.text, words)
    if (at !== undefined) found.push(tag.index + at)
  }
  return found.length === 1 ? found[0] : undefined
}
