// The selects that stand for a staged table which a plan does not write: the rows that this run has made for it, and those of
// other groups that an earlier run has left there.

import type { Catalog, Table } from './catalog.js'
import type { ParsedModel } from './parse.js'
import { type Relation, sqlName } from './relation.js'
import { selectParts } from './select_columns.js'
import { tokenTextsOf } from './sql_token_texts.js'
import { writtenColumns } from './table_statements.js'
import { withoutMarks } from './template_trace.js'

/**
 * @param names the columns to give; by default all of the table
 * @param made the select of what this run has made
 * @param batch the groups of which this run has made all rows
 */
export function handedOnRows(
  staged: Table,
  names: readonly string[] | undefined,
  made: string,
  batch: Relation,
  group: string,
): string {
  const columns = names ?? writtenColumns(staged).map(({ name }) => name)
  const list = (alias: string): string => columns.map(name => `    ${alias}.${name}`).join(',\n')
  return `select\n${list('m')}
from (
${made}
) as m

union all

select\n${list('s')}
from ${sqlName(staged.relation)} as s
where not exists (select 1 from ${sqlName(batch)} as b where b.${group} = s.${group})`
}

/** All groups of this run, be they with rows or without, and those that an earlier run has left without. */
export const handedOnGroups = (removed: Table, batch: Relation, group: string): string => `select b.${group}
from ${sqlName(batch)} as b

union all

select r.${group}
from ${sqlName(removed.relation)} as r`

/** The model with some columns of a staged table (`in_short`), where a reader names no others of it. */
export function inShort(
  catalog: Catalog,
  staged: Table,
  reader: ParsedModel,
): { readonly model: ParsedModel; readonly columns: readonly string[] } | undefined {
  const model = catalog.tables.get(staged.config.in_short ?? '')?.model
  const columns = model && selectParts(tokensOfModel(model))?.columns.map(({ name }) => name)
  if (!columns) return undefined
  const others = new Set(writtenColumns(staged).map(({ name }) => name))
  for (const name of columns) others.delete(name)
  const read = tokensOfModel(reader)
  const takesAll = read.some(
    (text, index) => text === '*' && /^(select|distinct|all|\.|,)$/.test(read[index - 1] ?? ''),
  )
  return takesAll || read.some(text => others.has(text.toLowerCase())) ? undefined : { model, columns }
}

/** The compiler reads a text in the same way whether its origin is traced or not. */
const tokensOfModel = ({ sql }: ParsedModel): readonly string[] => tokenTextsOf(withoutMarks(sql), false)
