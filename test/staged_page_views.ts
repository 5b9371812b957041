// A `page_views_staged` as somebody else would fill it: the columns of the package's own contract, rows of a few values.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageDirectory } from './command_line.js'
import type { TestDatabase } from './support.js'

interface ModuleFile {
  readonly tables: Readonly<
    Record<string, { readonly columns: readonly { readonly name: string; readonly type: string }[] }>
  >
}

/** Column names and types of a public table, as its module.yml declares them. */
export function declaredColumns(
  module: string,
  table: string,
): readonly { readonly name: string; readonly type: string }[] {
  const text = readFileSync(join(packageDirectory, 'models', module, 'module.yml'), 'utf8')
  return (parse(text) as ModuleFile).tables[table]?.columns ?? []
}

export async function createPageViewsTable(database: TestDatabase, relation: string): Promise<void> {
  const columns = declaredColumns('page_views', 'page_views').map(
    ({ name, type }) => `${name} ${type.replace(/^char\(/, 'varchar(')}`,
  )
  await database.query(`create schema if not exists ${relation.split('.')[0]}`)
  await database.query(`create table ${relation} (${columns.join(', ')})`)
}

export interface PageView {
  readonly id: string
  readonly session: string | null
  readonly user?: string
  /** `2024-01-31 09:15:00` */
  readonly start: string
}

export async function stagePageViews(
  database: TestDatabase,
  relation: string,
  pageViews: readonly PageView[],
): Promise<void> {
  const [schema = '', name = ''] = relation.split('.')
  const columns = [
    'page_view_id',
    'event_id',
    'domain_sessionid',
    'domain_userid',
    'start_tstamp',
    'end_tstamp',
    'derived_tstamp',
    'engaged_time_in_s',
    'page_urlpath',
  ]
  const rows = pageViews.map(({ id, session, user, start }) => [
    id,
    `event-${id}`,
    session,
    user ?? `user of ${session}`,
    start,
    start,
    start,
    '5',
    `/${id}`,
  ])
  await database.load({ schema, name }, columns, rows)
}
