// The limits of a scan: how far back a statement reads a table that only grows. Most warehouses leave out what lies beyond
// them when a subquery gives the limit; where one looks at constants alone, a statement before sets a session variable.

import type { Dialect } from '../adapters/dialect.js'
import { type Batch, type Statement, whenText } from './statement.js'

const [begin, middle, end] = ['\u0002', '\u0003', '\u0004']
/** A limit whose query has none in it. */
const pattern = /\u0002([^\u0002\u0003]*)\u0003([^\u0002\u0004]*)\u0004/g

/** What holds limits; undefined where they stand in the statement as subqueries. @param planned as of `scanLimit` */
export const limitVariables = (
  { sessionVariables, plannedLimits }: Dialect,
  planned = false,
): Dialect['sessionVariables'] => sessionVariables ?? (planned ? plannedLimits : undefined)

/**
 * A limit in the text of a statement: the query itself, or what stands for its variable until `setLimits` has named it.
 * @param query of one row and one column
 * @param planned whether the statement is planned anew in each run, and by `setLimits`
 */
export const scanLimit = (dialect: Dialect, name: string, query: string, planned = false): string =>
  limitVariables(dialect, planned) ? `${begin}${name}${middle}${query}${end}` : `(${query})`

/**
 * Puts variables in the place of limits, and before the first statement that reads one a statement that sets it. A limit of
 * nothing lies beyond all rows, as a comparison with NULL would leave out all rows.
 * @param batches those of one step, which run on one connection
 */
export function setLimits(dialect: Dialect, batches: readonly Batch[]): readonly Batch[] {
  const variables = limitVariables(dialect, true)
  if (!variables || !batches.some(hasLimit)) return batches
  // What is set under a condition is not set for those that have another.
  const knownWhen = new Map<string, Map<string, string>>()
  let known = new Map<string, string>()
  const settings: Statement[] = []
  const read = (text: string): string => {
    const set = text.replaceAll(pattern, (_, name: string, query: string) => {
      if (known.get(name) !== query)
        settings.push({ purpose: `the limit ${name}`, sql: variables.set(name, query) })
      known.set(name, query)
      return variables.read(name)
    })
    return set === text ? text : read(set)
  }
  const setting = (statement: Statement): readonly Statement[] => {
    const sql = read(statement.sql)
    const onlyIf = statement.onlyIf?.map(read)
    return [...settings.splice(0), { ...statement, sql, ...(onlyIf ? { onlyIf } : {}) }]
  }
  return batches.map(batch => {
    const when = batch.when ? whenText(batch.when) : ''
    known = knownWhen.get(when) ?? new Map(knownWhen.get(''))
    knownWhen.set(when, known)
    return { ...batch, statements: batch.statements.flatMap(setting) }
  })
}

const hasLimit = ({ statements }: Batch): boolean =>
  statements.some(({ sql, onlyIf }) => sql.includes(begin) || onlyIf?.some(text => text.includes(begin)))
