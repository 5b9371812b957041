// Rows as texts, with the types of their columns -> a select of them; values of a result -> texts that are the same for equal
// values. Postgres' SQL.

import { postgresDialect } from '../../adapters/postgres/dialect.js'
import type { TypedColumn } from '../model_config.js'

/** `char(n)` pads with blanks, which no stored text has. */
export const typeOf = ({ type }: TypedColumn): string => type.replace(/^char(acter)?\(/, 'varchar(')

const literal = (text: string | null): string => (text === null ? 'null' : postgresDialect.literal(text))

/** The most characters that a column takes; a cast would cut a longer text in silence. */
export function lengthOf({ type }: TypedColumn): number | undefined {
  const length = /^(?:varchar|char|character|character varying|nvarchar|bpchar) ?\((\d+)\)$/i.exec(type)?.[1]
  return length === undefined ? undefined : Number(length)
}

/**
 * @param columns by their names in the database, which quotes leave as they are
 * @param given names of columns in the order of the values of a row; all others are NULL
 */
export function rowsSelect(
  columns: readonly TypedColumn[],
  given: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): string {
  const value = (column: TypedColumn): string => {
    const index = given.indexOf(column.name)
    return `cast(${index === -1 || rows.length === 0 ? 'null' : `r.v${index}`} as ${typeOf(column)})`
  }
  const list = columns.map(column => `    ${value(column)} as ${quoted(column.name)}`).join(',\n')
  if (rows.length === 0) return `select\n${list}\nwhere false`
  // A row without values has a NULL, so that it is there.
  const values = rows.map(row => `    (${row.length === 0 ? 'null' : row.map(literal).join(', ')})`)
  const names = given.length === 0 ? 'none' : given.map((_, index) => `v${index}`).join(', ')
  return `select\n${list}\nfrom (values\n${values.join(',\n')}\n) as r (${names})`
}

export const isNumber = (type: string): boolean =>
  /^(smallint|integer|bigint|numeric|real|double precision)/.test(type)

/**
 * A text that is the same for equal values: numbers without the zeros at their end, floats in the 15 digits that one holds,
 * JSON with its keys in order.
 */
export function comparable(name: string, type: string): string {
  if (isNumber(type)) return `trim_scale(cast(${name} as numeric))::text`
  if (type === 'json' || type === 'jsonb') return `cast(${name} as jsonb)::text`
  return `cast(${name} as text)`
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
