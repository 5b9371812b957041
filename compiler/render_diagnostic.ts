// Diagnostic -> text for people: the code, what happened, the lines of the file with the place marked, what to do next.

import type { Colors } from 'picocolors/types.js'
import type { Diagnostic, Place } from './diagnostics.js'
import { printable, printableFrame, printableLine } from './printable_text.js'
import { renderDifference } from './unit_tests/render_difference.js'

/** Gives the text of a file by the name that diagnostics have for it; undefined where there is none to show. */
export type TextOf = (file: string) => string | undefined

/** @param width of the terminal, for what is shown as a table */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  textOf: TextOf,
  colors: Colors,
  width: number,
): string {
  const tint = diagnostic.severity === 'error' ? colors.red : colors.yellow
  const lines = [
    `${tint(`${diagnostic.severity}[${diagnostic.code}]`)}: ${colors.bold(printable(diagnostic.message))}`,
  ]
  if (diagnostic.at) lines.push(...renderPlace(diagnostic.at, '', textOf, colors, tint))
  for (const { at, message } of diagnostic.related ?? [])
    lines.push(...renderPlace(at, message, textOf, colors, tint))
  if (diagnostic.difference)
    lines.push(
      ...renderDifference(diagnostic.difference, width - 4, colors).map(line => `    ${line}`.trimEnd()),
    )
  if (diagnostic.cause) lines.push(...indent(`cause: ${printable(diagnostic.cause)}`))
  if (diagnostic.hint) lines.push(...indent(printable(diagnostic.hint), colors.cyan('= ')))
  return `${lines.join('\n')}\n`
}

const indent = (text: string, first = ''): readonly string[] =>
  text.split('\n').map((line, index) => `  ${index === 0 ? first : ''}${line}`)

function renderPlace(
  at: Place,
  message: string,
  textOf: TextOf,
  colors: Colors,
  tint: (text: string) => string,
): readonly string[] {
  const head = `  ${colors.cyan('-->')} ${printableLine(at.file)}:${at.line}:${at.column}${message ? ` (${printable(message)})` : ''}`
  const line = textOf(at.file)?.split('\n')[at.line - 1]
  if (line === undefined || line.length > 2000) return [head]
  const { shown, column } = clip(line, at.column)
  const number = String(at.line)
  const gutter = ' '.repeat(number.length)
  const bar = colors.cyan('|')
  const length = Math.max(1, Math.min(at.length, shown.length - column + 1))
  const marked = `${' '.repeat(column - 1)}${'^'.repeat(length)}`
  return [
    head,
    `  ${gutter} ${bar}`,
    `  ${colors.cyan(number)} ${bar} ${shown}`.trimEnd(),
    `  ${gutter} ${bar} ${tint(marked)}`,
  ]
}

const widest = 110

/** A long line is shown from some way before the place on. */
function clip(line: string, column: number): { shown: string; column: number } {
  const text = printableFrame(line)
  if (text.length <= widest) return { shown: text, column: Math.min(column, text.length + 1) }
  const start = Math.max(0, column - 40)
  return { shown: text.slice(start, start + widest), column: column - start }
}
