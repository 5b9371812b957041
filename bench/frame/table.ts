// Findings -> the table that a benchmark prints.

import { renderTable } from '../../compiler/text_table.js'
import { type Finding, resultOf } from './finding.js'

const head = ['what', 'median', 'against', 'median', 'result', 'at most', '']

export function findingsTable(findings: readonly Finding[], width: number): readonly string[] {
  const rows = findings.map(finding => {
    const { what, median, against, unit, target } = finding
    const result = resultOf(finding)
    return [
      what,
      withUnit(median, unit),
      against?.what ?? '',
      against ? withUnit(against.median, unit) : '',
      inKind(finding, result),
      inKind(finding, target),
      result <= target ? 'met' : 'NOT met',
    ]
  })
  return renderTable({ head, rows, right: [1, 3, 4, 5], widest: 60, turns: true }, width).lines
}

const withUnit = (value: number, unit: Finding['unit']): string => `${shortNumber(value)} ${unit}`

/** A ratio as `0.21`, a difference as `+41 ms`. */
const inKind = ({ kind, unit }: Finding, value: number): string =>
  kind === 'ratio'
    ? shortNumber(value)
    : kind === 'difference'
      ? `+${withUnit(value, unit)}`
      : withUnit(value, unit)

const shortNumber = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3)
