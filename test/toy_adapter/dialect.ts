// The SQL of an invented warehouse, as an adapter to copy from: docs/adapters.md shows it piece by piece. It stands on
// Postgres, so that what is compiled for it can be executed, and differs where warehouses differ.

import { thoseThere } from '../../adapters/catalog_names.js'
import { contentVersion } from '../../adapters/content_version.js'
import type { Dialect, TableDefinition } from '../../adapters/dialect.js'
import { privilegeQueries } from '../../adapters/has_privilege.js'
import {
  columnNames,
  columnsMisfit,
  columnsToAdd,
  isPlainTable,
  tableExists,
  tablesOfSchemas,
} from '../../adapters/information_schema.js'
import { sqlName } from '../../compiler/relation.js'

/** How the catalog holds a name that was written without quotes. */
const fold = (name: string): string => name.toLowerCase()

export const toyDialect: Dialect = {
  name: 'toy',
  dispatch: ['toy', 'default'],
  ddlCommits: true,
  versionsRows: false,

  backslashEscapes: false,
  literal: text => `e'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  timestamp: text => `cast('${text}' as timestamp)`,
  now: 'toy_now()',
  addDays: (expression, days) => `plus_seconds(${expression}, ${Math.round(days * 86_400)})`,

  createSchema: schema => `create schema if not exists ${schema}`,
  schemaExists: schema =>
    `select count(*) > 0 from information_schema.schemata where schema_name = '${fold(schema)}'`,
  createTable: table => `create table if not exists ${sqlName(table.relation)} (\n${columnList(table)}\n)`,
  createTableAs: (relation, select) => `create table ${sqlName(relation)} as\n${select}`,
  indexes: () => [],
  renameIndexes: () => [],
  createView: (relation, select) => `create or replace view ${sqlName(relation)} as\n${select}`,
  dropTable: relation => `drop table if exists ${sqlName(relation)}`,
  dropView: relation => `drop view if exists ${sqlName(relation)}`,
  replaceTable: (relation, fresh) => [
    `drop table if exists ${sqlName(relation)}`,
    `alter table ${sqlName(fresh)} rename to ${relation.name}`,
  ],
  columnsToAdd: (relation, from) => columnsToAdd(relation, from, fold),
  grant: (privilege, relation, roles) =>
    roles.map(role => `grant ${privilege} on ${sqlName(relation)} to ${role}`),
  analyze: () => undefined,

  deleteUsing: (from, using, condition) =>
    `delete from ${sqlName(from)} as t\nwhere exists (select 1 from ${sqlName(using)} as u where ${condition('t', 'u')})`,
  lockTable: () => undefined,
  rowVersion: contentVersion,

  tableExists: relation => tableExists(relation, fold),
  isPlainTable: relation => isPlainTable(relation, fold),
  thoseThere: names =>
    thoseThere(names, fold, {
      schemas: 'select n.schema_name as name\nfrom information_schema.schemata as n',
      schemaName: 'n.schema_name',
      ...tablesOfSchemas,
    }),
  columnsMisfit: (table, rows, mayAppend) => columnsMisfit(table, rows, mayAppend, fold),
  access: {
    session: `select 'toy' as server, current_database() as db, current_user as grantee`,
    ...privilegeQueries,
    columns: relation => columnNames(relation, fold),
  },
}

/** Texts have no length here. */
const columnList = ({ columns }: TableDefinition): string =>
  columns
    .map(({ name, type, not_null }) => {
      const own = /^(var)?char\b/i.test(type) ? 'text' : type
      return `    ${name} ${own}${not_null ? ' not null' : ''}`
    })
    .join(',\n')
