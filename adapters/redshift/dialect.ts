// Redshift's SQL: tables lie by their key and in the order of their time, scratch tables are left out of snapshots, and
// nothing needs a correlated subquery that its planner cannot take apart.

import type { TypedColumn } from '../../compiler/model_config.js'
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
import { redshiftAccess } from './access.js'

const fold = (name: string): string => name.toLowerCase()

export const redshiftDialect: Dialect = {
  name: 'redshift',
  dispatch: ['redshift', 'default'],
  ddlCommits: false,
  versionsRows: false,

  backslashEscapes: true,
  literal: text => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  timestamp: text => `cast('${text}' as timestamp)`,
  now: 'getdate()',
  addDays,

  createSchema: schema => `create schema if not exists ${schema}`,
  schemaExists: schema => `select count(*) > 0 from pg_namespace where nspname = '${fold(schema)}'`,
  createTable: table =>
    `create table if not exists ${sqlName(table.relation)} (\n${columnList(table)}\n)${attributes(table.storage, table.layout)}`,
  createTableAs: (relation, select, storage, layout) =>
    `create table ${sqlName(relation)}${attributes(storage, layout)}\nas\n${select}`,
  indexes: () => [],
  renameIndexes: () => [],
  // Bound late, a view does not keep the tables that it reads from being dropped and built again.
  createView: (relation, select) =>
    `create or replace view ${sqlName(relation)} as\n${select}\nwith no schema binding`,
  dropTable: relation => `drop table if exists ${sqlName(relation)}`,
  dropTables: relations => `drop table if exists\n    ${relations.map(sqlName).join(',\n    ')}`,
  dropView: relation => `drop view if exists ${sqlName(relation)}`,
  replaceTable: (relation, fresh) => [
    `drop table if exists ${sqlName(relation)}`,
    `alter table ${sqlName(fresh)} rename to ${relation.name}`,
  ],
  columnsToAdd: (relation, from) => columnsToAdd(relation, from, fold),
  grant: (privilege, relation, roles) => [
    `grant ${privilege} on ${sqlName(relation)} to ${roles.join(', ')}`,
  ],
  // A table made by a select has its statistics already.
  analyze: (relation, storage) => (storage === 'durable' ? `analyze ${sqlName(relation)}` : undefined),

  deleteUsing: (from, using, condition) =>
    `delete from ${sqlName(from)}\nusing ${sqlName(using)} as u\nwhere ${condition(from.name, 'u')}`,
  lockTable: relation => `lock table ${sqlName(relation)}`,
  rowVersion: contentVersion,

  tableExists: relation => tableExists(relation, fold),
  isPlainTable: relation => isPlainTable(relation, fold),
  thoseThere: names =>
    thoseThere(names, fold, {
      schemas: 'select lower(n.nspname) as name\nfrom pg_namespace as n',
      schemaName: 'n.nspname',
      ...tablesOfSchemas,
    }),
  columnsMisfit: (table, rows, mayAppend) => columnsMisfit(table, rows, mayAppend, fold),
  access: redshiftAccess,
}

function columnList({ columns, layout }: TableDefinition): string {
  // Compressed, a sort key is slower to skip by than what it saves.
  const encoding = (column: TypedColumn): string => (column.name === layout.time ? ' encode raw' : '')
  return columns
    .map(
      column => `    ${column.name} ${column.type}${encoding(column)}${column.not_null ? ' not null' : ''}`,
    )
    .join(',\n')
}

function attributes(storage: Storage, { key, time }: Layout): string {
  const lines = [
    storage === 'scratch' ? 'backup no' : '',
    key === undefined ? '' : `diststyle key\ndistkey (${key})`,
    time === undefined ? '' : `sortkey (${time})`,
  ]
  return lines
    .filter(line => line !== '')
    .map(line => `\n${line}`)
    .join('')
}
