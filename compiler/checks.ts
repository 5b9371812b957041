// What the findings of a plan's checks mean: a row of a check's query -> a diagnostic.

import type { QueryResult } from '../adapters/driver.js'
import { type Diagnostic, error, warning } from './diagnostics.js'
import type { CheckCode } from './statement.js'

type Row = ReadonlyMap<string, string>

const dayInMicroseconds = 86_400_000_000n

/** Microseconds since 1970 of `2024-01-31 09:15:00.123456`; the digits behind the point are those that are not 0. */
function microseconds(timestamp: string): bigint {
  const [whole = '', fraction = ''] = timestamp.split('.')
  return BigInt(Date.parse(`${whole.replace(' ', 'T')}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** The least upsert_lookback_days whose window would hold the earliest row. */
function daysThatWouldDo(row: Row): bigint {
  const time = (name: string): bigint => microseconds(row.get(name) ?? '')
  return (time('batch_start') - time('earliest') + dayInMicroseconds - 1n) / dayInMicroseconds
}

function lookbackMiss(row: Row): { message: string; hint: string } {
  const rows = `${row.get('rows_outside')} ${row.get('rows_outside') === '1' ? 'row' : 'rows'}`
  return {
    message: `${rows} of ${row.get('table_name')} to replace ${row.get('rows_outside') === '1' ? 'stands' : 'stand'} before the lookback window, the earliest at ${row.get('earliest')}`,
    hint: `upsert_lookback_days: ${daysThatWouldDo(row)} would hold them.`,
  }
}

const findings: Readonly<Record<CheckCode, (row: Row, step: string) => Diagnostic>> = {
  'missing-input-table': row =>
    error('missing-input-table', `${row.get('reader')} reads ${row.get('relation')}, which is not there`, {
      hint: row.get('filled_by') ?? '',
    }),
  'lookback-miss': row => {
    const { message, hint } = lookbackMiss(row)
    return error('lookback-miss', `${message}; nothing was changed`, {
      hint: `${hint} on_lookback_miss: widen replaces them without asking.`,
    })
  },
  'lookback-miss-warning': row => {
    const { message, hint } = lookbackMiss(row)
    return warning('lookback-miss', `${message}; they were replaced too`, { hint })
  },
  'schema-changed': (row, step) =>
    error('schema-changed', `the columns of ${step} have changed: ${row.get('misfit')}`, {
      hint: `Rebuild it with: seshat run --full-refresh --select ${step}. New columns at the end can be added by on_schema_change: append_new_columns.`,
    }),
  'null-key': row =>
    error(
      'null-key',
      `${row.get('rows_without_key')} ${row.get('rows_without_key') === '1' ? 'row' : 'rows'} of ${row.get('table_name')} ${row.get('rows_without_key') === '1' ? 'has' : 'have'} no key: ${row.get('key_columns')} is NULL`,
      {
        hint: 'Every run would write them once more. Leave them out of the select, or give them a key.',
      },
    ),
}

/** One diagnostic for each row that a check of `step` found. */
export function describeFindings(check: CheckCode, step: string, result: QueryResult): readonly Diagnostic[] {
  return result.rows.map(values => {
    const row = new Map(result.columns.map((column, index) => [column, String(values[index])]))
    return findings[check](row, step)
  })
}
