// Postgres' SQL, for servers and for the embedded database alike.

import { createHash } from 'node:crypto'
import { maxIdentifierBytes, type Relation, sqlName } from '../../compiler/relation.js'
import { thoseThere } from '../catalog_names.js'
import type { Dialect, Index, Storage, TableDefinition } from '../dialect.js'
import { postgresAccess } from './access.js'
import { measuring, readMeasured } from './measured.js'

export const postgresDialect: Dialect = {
  name: 'postgres',
  dispatch: ['postgres', 'default'],
  ddlCommits: false,
  versionsRows: true,
  // Of a subquery's value it assumes that a range up to it holds one row in two hundred.
  plannedLimits: {
    set: (name, query) =>
      `select set_config('seshat.${name}', coalesce((${query})::text, 'infinity'), false)`,
    read: name => `cast(current_setting('seshat.${name}') as timestamp)`,
  },

  backslashEscapes: false,
  literal: text => `'${text.replaceAll("'", "''")}'`,
  timestamp: text => `cast('${text}' as timestamp)`,
  now: "(clock_timestamp() at time zone 'utc')",
  addDays: (expression, days) => `${expression} + interval '${days} days'`,

  createSchema: schema => `create schema if not exists ${schema}`,
  schemaExists: schema => `select to_regnamespace('${schema}') is not null`,
  createTable: table =>
    `create ${storageWord(table.storage)}table if not exists ${sqlName(table.relation)} (\n${columnList(table)}\n)`,
  createTableAs: (relation, select, storage) =>
    `create ${storageWord(storage)}table ${sqlName(relation)} as\n${select}`,
  indexes,
  renameIndexes,
  createView: (relation, select) => `create or replace view ${sqlName(relation)} as\n${select}`,
  dropTable: relation => `drop table if exists ${sqlName(relation)}`,
  dropTables: relations => `drop table if exists\n    ${relations.map(sqlName).join(',\n    ')}`,
  dropView: relation => `drop view if exists ${sqlName(relation)}`,
  replaceTable: (relation, fresh) => [
    `drop table if exists ${sqlName(relation)}`,
    `alter table ${sqlName(fresh)} rename to ${relation.name}`,
  ],
  columnsToAdd,
  grant: (privilege, relation, roles) => [
    `grant ${privilege} on ${sqlName(relation)} to ${roles.join(', ')}`,
  ],
  // Each wide column costs as much as a narrow table.
  analyze: (relation, _, columns) =>
    `analyze ${sqlName(relation)}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`,
  // By a tenth, at which autovacuum would do it as well, but later. In pages, since nobody counts rows; an empty table has none.
  hasGrown: relation =>
    `select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int
from pg_class as c
where c.oid = to_regclass('${sqlName(relation)}')`,

  deleteUsing: (from, using, condition) =>
    `delete from ${sqlName(from)} as t\nusing ${sqlName(using)} as u\nwhere ${condition('t', 'u')}`,
  lockTable: relation => `lock table ${sqlName(relation)} in share row exclusive mode`,
  emptying: { seenByAll, empty },
  // A transaction whose rows can be seen has ended: what is written later has another one.
  rowVersion: alias => `${alias}.xmin::text`,

  tableExists: relation => `select to_regclass('${sqlName(relation)}') is not null`,
  isPlainTable: relation =>
    `select exists (select 1 from pg_class as c where c.oid = to_regclass('${sqlName(relation)}') and c.relkind = 'r')`,
  thoseThere: names =>
    thoseThere(names, name => name, {
      schemas: 'select n.nspname as name\nfrom pg_namespace as n',
      schemaName: 'n.nspname',
      tables: `select n.nspname || '.' || c.relname as name
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace`,
      tableSchema: 'n.nspname',
      tableName: 'c.relname',
    }),
  columnsMisfit,
  measuring: { sql: measuring, read: readMeasured },
  access: postgresAccess,
}

/**
 * Of sessions in this database and of replicas, which have none. A snapshot whose oldest running transaction began later was
 * taken after that one had ended.
 */
function seenByAll(last: Relation): string {
  return `select not exists (
    select 1
    from pg_stat_activity as a
    cross join ${sqlName(last)} as l
    where coalesce(a.datname, current_database()) = current_database()
        and a.pid <> pg_backend_pid()
        and age(a.backend_xmin) >= age(l.xmin)
)`
}

function empty(relation: Relation): string {
  return `do $$
begin
    lock table ${sqlName(relation)} in access exclusive mode nowait;
    truncate ${sqlName(relation)};
exception
    when lock_not_available or insufficient_privilege or feature_not_supported then null;
end
$$`
}

const storageWord = (storage: Storage): string => (storage === 'scratch' ? 'unlogged ' : '')

function columnList(table: TableDefinition): string {
  return table.columns
    .map(column => `    ${column.name} ${columnType(column.type)}${column.not_null ? ' not null' : ''}`)
    .join(',\n')
}

/** `char(n)` pads with blanks: the same text would differ from one that was not stored. */
const columnType = (type: string): string => type.replace(/^char\(/, 'varchar(')

function indexes(relation: Relation, columns: readonly string[]): readonly Index[] {
  return [...new Set(columns)].map(column => {
    const name = indexName(relation.name, column)
    return {
      relation: { schema: relation.schema, name },
      sql: `create index if not exists ${name} on ${sqlName(relation)} (${column})`,
    }
  })
}

function renameIndexes(relation: Relation, old: Relation, columns: readonly string[]): readonly string[] {
  return [...new Set(columns)].map(column => {
    const index = sqlName({ ...old, name: indexName(old.name, column) })
    return `alter index if exists ${index} rename to ${indexName(relation.name, column)}`
  })
}

/** `<table>_<column>_idx`; where that is too long, cut and told apart by a hash. */
function indexName(table: string, column: string): string {
  const name = `${table}_${column}_idx`
  if (Buffer.byteLength(name) <= maxIdentifierBytes) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${name.slice(0, maxIdentifierBytes - 13)}_${hash}_idx`
}

const columnsOf = (relation: Relation): string => `
    select a.attname as name, row_number() over (order by a.attnum) as position,
        format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute as a
    where a.attrelid = to_regclass('${sqlName(relation)}') and a.attnum > 0 and not a.attisdropped`

function columnsMisfit(table: Relation, rows: Relation, mayAppend: boolean): string {
  const appended = mayAppend ? ' and t.name is not null' : ''
  return `select
    case
        when t.name is null then 'the model has the new column ' || r.name
        when r.name is null then 'the model no longer has the column ' || t.name
        else 'column ' || r.position || ' is ' || r.name || ' in the model and ' || t.name || ' in the table'
    end as misfit
from (${columnsOf(table)}
) as t
full join (${columnsOf(rows)}
) as r on r.position = t.position
where t.name is distinct from r.name${appended}
order by coalesce(t.position, r.position)
limit 1`
}

function columnsToAdd(relation: Relation, from: Relation): string {
  return `select format('alter table ${sqlName(relation)} add column %I %s', f.name, f.type) as statement
from (${columnsOf(from)}
) as f
left join (${columnsOf(relation)}
) as t on t.name = f.name
where t.name is null
order by f.position`
}
