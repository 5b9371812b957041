// Snowflake's SQL: scratch tables are transient, large tables are clustered by day, times are timestamp_ntz. Every create
// or drop commits, so none stands in a transaction.

import { sqlName } from '../../compiler/relation.js'
import { thoseThere } from '../catalog_names.js'
import { contentVersion } from '../content_version.js'
import { addDays } from '../date_add.js'
import type { Dialect, Layout, Storage, TableDefinition } from '../dialect.js'
import {
  columnsMisfit,
  columnsToAdd,
  isPlainTable,
  tableExists,
  tablesOfSchemas,
} from '../information_schema.js'
import { snowflakeAccess } from './access.js'

/** Names without quotes are kept in capitals. */
const fold = (name: string): string => name.toUpperCase()

export const snowflakeDialect: Dialect = {
  name: 'snowflake',
  dispatch: ['snowflake', 'default'],
  ddlCommits: true,
  versionsRows: false,
  // "Snowflake does not prune micro-partitions based on a predicate with a subquery, even if the subquery results in a
  // constant." Source: its documentation, "Micro-partitions & Data Clustering".
  sessionVariables: {
    set: (name, query) =>
      `set ${name} = (\n    select coalesce((${query}), cast('9999-12-31' as timestamp_ntz))\n)`,
    read: name => `$${name}`,
  },

  backslashEscapes: true,
  literal: text => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  timestamp: text => `cast('${text}' as timestamp_ntz)`,
  now: 'sysdate()',
  addDays,

  createSchema: schema => `create schema if not exists ${schema}`,
  schemaExists: schema =>
    `select count(*) > 0 from information_schema.schemata where schema_name = '${fold(schema)}'`,
  createTable: table =>
    `create ${kind(table.storage)} if not exists ${sqlName(table.relation)} (\n${columnList(table)}\n)${clustering(table.layout)}`,
  createTableAs: (relation, select, storage, layout) =>
    `create ${kind(storage)} ${sqlName(relation)}${clustering(layout)}\nas\n${select}`,
  indexes: () => [],
  renameIndexes: () => [],
  createView: (relation, select) => `create or replace view ${sqlName(relation)} copy grants as\n${select}`,
  dropTable: relation => `drop table if exists ${sqlName(relation)}`,
  dropView: relation => `drop view if exists ${sqlName(relation)}`,
  // Whoever reads the table sees it before the swap or after.
  replaceTable: (relation, fresh) => [
    `create table if not exists ${sqlName(relation)} like ${sqlName(fresh)}`,
    `alter table ${sqlName(relation)} swap with ${sqlName(fresh)}`,
    `drop table if exists ${sqlName(fresh)}`,
  ],
  columnsToAdd: (relation, from) => columnsToAdd(relation, from, fold),
  grant: (privilege, relation, roles) =>
    roles.map(role => `grant ${privilege} on ${sqlName(relation)} to role ${role}`),
  analyze: () => undefined,

  deleteUsing: (from, using, condition) =>
    `delete from ${sqlName(from)}\nusing ${sqlName(using)} as u\nwhere ${condition(from.name, 'u')}`,
  lockTable: () => undefined,
  rowVersion: contentVersion,

  tableExists: relation => tableExists(relation, fold),
  isPlainTable: relation => isPlainTable(relation, fold),
  thoseThere: names =>
    thoseThere(names, fold, {
      schemas: 'select lower(n.schema_name) as name\nfrom information_schema.schemata as n',
      schemaName: 'n.schema_name',
      ...tablesOfSchemas,
    }),
  columnsMisfit: (table, rows, mayAppend) => columnsMisfit(table, rows, mayAppend, fold),
  access: snowflakeAccess,
}

const kind = (storage: Storage): string => (storage === 'scratch' ? 'transient table' : 'table')

function columnList(table: TableDefinition): string {
  return table.columns
    .map(column => `    ${column.name} ${columnType(column.type)}${column.not_null ? ' not null' : ''}`)
    .join(',\n')
}

/** Texts have no length here: one costs nothing and would only turn long values away. */
function columnType(type: string): string {
  if (/^(var)?char\b|^text$/i.test(type)) return 'varchar'
  if (/^timestamp$/i.test(type)) return 'timestamp_ntz'
  if (/^double precision$/i.test(type)) return 'float'
  return /^int$/i.test(type) ? 'integer' : type
}

/** Clustering a table that is emptied again and again costs more than it saves. */
const clustering = ({ time, grows }: Layout): string =>
  time === undefined || !grows ? '' : `\ncluster by (to_date(${time}))`
