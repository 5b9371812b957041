// Results and errors of the emulation in, what Snowflake's protocol says of them out.

import type { QueryResult, Value } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import { Faults } from '../../compiler/diagnostics.js'
import { Refusal } from './snowflake_session.js'

/** What sessions are set to; the answer to a query says so too. */
export const outputFormats = [
  { name: 'TIMESTAMP_NTZ_OUTPUT_FORMAT', value: 'YYYY-MM-DD HH24:MI:SS.FF6' },
  { name: 'DATE_OUTPUT_FORMAT', value: 'YYYY-MM-DD' },
  { name: 'TIMEZONE', value: 'UTC' },
]

const dml = {
  insert: ['inserted', 0x3100],
  update: ['updated', 0x3200],
  delete: ['deleted', 0x3300],
} as const

export function answerOf(sql: string, result: QueryResult): unknown {
  const word = /^(--[^\n]*\n|\s)*(\w+)/.exec(sql)?.[2]?.toLowerCase() ?? ''
  if (word === 'insert' || word === 'update' || word === 'delete') {
    const [what, statementTypeId] = dml[word]
    const rowtype = [columnOf(`number of rows ${what}`, [result.rowCount])]
    return success({ rowtype, rowset: [[String(result.rowCount)]], statementTypeId })
  }
  if (word !== 'select' && word !== 'with' && word !== 'call') return done('Statement executed successfully.')
  const rowtype = result.columns.map((name, index) =>
    columnOf(
      name.toUpperCase(),
      result.rows.map(row => row[index] ?? null),
    ),
  )
  const rowset = result.rows.map(row => row.map((value, index) => rawValue(value, rowtype[index]?.type)))
  return success({ rowtype, rowset, statementTypeId: 0x1000 })
}

const done = (status: string): unknown =>
  success({ rowtype: [columnOf('status', [status])], rowset: [[status]], statementTypeId: 0x6000 })

const success = (
  data: Readonly<Record<string, unknown>> & { readonly rowset: readonly unknown[] },
): unknown => ({
  success: true,
  data: {
    ...data,
    total: data.rowset.length,
    returned: data.rowset.length,
    queryId: '01b00000-0000-0000-0000-000000000001',
    queryResultFormat: 'json',
    parameters: outputFormats,
    version: 1,
  },
})

/** Postgres' driver tells no types, but its values do. */
const kinds: readonly (readonly [type: string, fits: (value: Value) => boolean])[] = [
  ['boolean', value => typeof value === 'boolean'],
  ['fixed', value => Number.isInteger(value) || /^-?\d{16,}(\.\d+)?$/.test(String(value))],
  ['real', value => typeof value === 'number'],
  ['timestamp_ntz', value => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(String(value))],
  ['date', value => /^\d{4}-\d\d-\d\d$/.test(String(value))],
]

function columnOf(name: string, values: readonly Value[]) {
  const present = values.filter(value => value !== null)
  const type = (present.length > 0 && kinds.find(([, fits]) => present.every(fits))?.[0]) || 'text'
  const digits = Math.max(0, ...present.map(value => String(value).split('.')[1]?.length ?? 0))
  const scale = type === 'timestamp_ntz' ? 9 : type === 'fixed' ? digits : 0
  return { name, type, scale, precision: 38, nullable: true, length: 16_777_216 }
}

const day = 86_400_000

function rawValue(value: Value, type: string | undefined): string | null {
  if (value === null) return null
  if (type === 'boolean') return value ? '1' : '0'
  if (type === 'date') return String(Date.parse(`${value}T00:00:00Z`) / day)
  if (type !== 'timestamp_ntz') return String(value)
  const [whole = '', fraction = ''] = String(value).split('.')
  const seconds = BigInt(Date.parse(`${whole.replace(' ', 'T')}Z`) / 1000)
  const nanoseconds = seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
  const digits = String(nanoseconds < 0 ? -nanoseconds : nanoseconds).padStart(10, '0')
  return `${nanoseconds < 0 ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`
}

/** Number and SQLSTATE that Snowflake has for what Postgres calls otherwise. */
const numbers: Readonly<Record<string, readonly [number: string, sqlState: string]>> = {
  '42601': ['001003', '42000'],
  '42703': ['000904', '42000'],
  '42P01': ['002003', '42S02'],
  '42501': ['003001', '42501'],
  '57014': ['000604', '57014'],
  '22P02': ['100038', '22018'],
  '22001': ['100078', '22000'],
}

export function failureOf(reason: unknown, sql: string): unknown {
  const failed = (code: string, sqlState: string, message: string) => ({
    success: false,
    code,
    message,
    data: { sqlState, queryId: '01b00000-0000-0000-0000-000000000002', internalError: false },
  })
  if (reason instanceof Refusal) return failed(reason.number, reason.sqlState, reason.message)
  if (!(reason instanceof StatementFault))
    return failed('000001', '58000', reason instanceof Faults ? reason.message : String(reason))
  const { sqlstate, position } = reason
  const text = reason.diagnostics[0]?.message ?? ''
  const [number, sqlState] = numbers[sqlstate] ?? ['000603', sqlstate]
  if (position === undefined) return failed(number, sqlState, `SQL execution error:\n${text}`)
  const before = sql.slice(0, position).split('\n')
  const place = `line ${before.length} at position ${before.at(-1)?.length ?? 0}`
  return failed(number, sqlState, `SQL compilation error: error ${place}\n${text}`)
}
