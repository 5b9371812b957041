// Where an expression of a template begins -> its place, as diagnostics show it.

import type { Place } from './diagnostics.js'
import { lineOf, type SourceFile } from './source_file.js'

/** From the start of an expression to its end, as far as that stands on the same line. */
export function placeOfExpression(file: SourceFile, line: number, column: number): Place {
  const rest = lineOf(file.text, line).slice(column - 1)
  const end = /^[\w.]+\(/.test(rest) ? rest.indexOf(')') + 1 : rest.search(/\s*-?[}%]\}/)
  const length = end > 0 ? end : (/^\w+/.exec(rest)?.[0].length ?? 1)
  return { file: file.path, line, column, length }
}
