// Queries to the information schema, for warehouses whose own catalog is not to be read: which tables and columns there
// are. `fold` gives a name as the catalog holds it.

import { type Relation, sqlName } from '../compiler/relation.js'

type Fold = (name: string) => string

const named = ({ schema, name }: Relation, alias: string, fold: Fold): string =>
  `${alias}table_schema = '${fold(schema)}' and ${alias}table_name = '${fold(name)}'`

export const tableExists = (relation: Relation, fold: Fold): string =>
  `select count(*) > 0 from information_schema.tables where ${named(relation, '', fold)}`

export const isPlainTable = (relation: Relation, fold: Fold): string =>
  `${tableExists(relation, fold)} and table_type = 'BASE TABLE'`

/** For `thoseThere`. */
export const tablesOfSchemas = {
  tables: `select lower(t.table_schema) || '.' || lower(t.table_name) as name
from information_schema.tables as t`,
  tableSchema: 't.table_schema',
  tableName: 't.table_name',
}

export const columnNames = (relation: Relation, fold: Fold): string =>
  `select lower(column_name) as name from information_schema.columns where ${named(relation, '', fold)}`

/** Positions are counted, since a column that was dropped leaves a gap in the ordinals. */
const columnsOf = (relation: Relation, fold: Fold): string => `
    select a.column_name as name, count(*) as position
    from information_schema.columns as a
    inner join information_schema.columns as b
        on b.table_schema = a.table_schema and b.table_name = a.table_name and b.ordinal_position <= a.ordinal_position
    where ${named(relation, 'a.', fold)}
        and ${named(relation, 'b.', fold)}
    group by a.column_name`

export function columnsMisfit(table: Relation, rows: Relation, mayAppend: boolean, fold: Fold): string {
  const appended = mayAppend ? '' : 't.name is null or '
  return `select
    case
        when t.name is null then 'the model has the new column ' || lower(r.name)
        when r.name is null then 'the model no longer has the column ' || lower(t.name)
        else 'column ' || cast(r.position as varchar(20)) || ' is ' || lower(r.name) || ' in the model and ' || lower(t.name) || ' in the table'
    end as misfit
from (${columnsOf(table, fold)}
) as t
full join (${columnsOf(rows, fold)}
) as r on r.position = t.position
where ${appended}r.name is null or t.name <> r.name
order by coalesce(t.position, r.position)
limit 1`
}

export function columnsToAdd(relation: Relation, from: Relation, fold: Fold): string {
  return `select
    'alter table ${sqlName(relation)} add column ' || f.column_name || ' ' || f.data_type ||
    case
        when f.character_maximum_length is not null then '(' || cast(f.character_maximum_length as varchar(20)) || ')'
        when lower(f.data_type) in ('numeric', 'decimal', 'number')
            then '(' || cast(f.numeric_precision as varchar(20)) || ', ' || cast(f.numeric_scale as varchar(20)) || ')'
        else ''
    end as statement
from information_schema.columns as f
left join information_schema.columns as t
    on ${named(relation, 't.', fold)} and t.column_name = f.column_name
where ${named(from, 'f.', fold)}
    and t.column_name is null
order by f.ordinal_position`
}
