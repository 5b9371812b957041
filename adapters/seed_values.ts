// What every driver refuses to load, before it sends anything.

import { error, Faults } from '../compiler/diagnostics.js'
import { type Relation, sqlName } from '../compiler/relation.js'

export type Rows = readonly (readonly (string | null)[])[]

/**
 * Postgres cannot store U+0000, and half a surrogate pair is no character: both would fail without naming a row. What one
 * warehouse refuses all refuse, so that seeds are the same everywhere.
 * @throws Faults `bad-seed-value`
 */
export function checkValues(table: Relation, columns: readonly string[], rows: Rows): void {
  const faults = rows.flatMap((row, index) => {
    if (row.length !== columns.length) {
      return [
        error(
          'bad-seed-value',
          `Row ${index + 1} for ${sqlName(table)} has ${row.length} values for ${columns.length} columns.`,
        ),
      ]
    }
    return row.flatMap((value, column) => {
      const found = value?.match(/[\0\p{Surrogate}]/u)?.[0]
      if (found === undefined) return []
      const name = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
      const place = `Row ${index + 1}, column ${columns[column]} for ${sqlName(table)}`
      return [
        error('bad-seed-value', `${place} contains ${name}, which no warehouse may hold as text.`, {
          hint: 'Remove the character from the file.',
        }),
      ]
    })
  })
  if (faults.length > 0) throw new Faults(faults, 1)
}
