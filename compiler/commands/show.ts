// seshat show: the first rows of a model's table.

import type { QueryResult } from '../../adapters/driver.js'
import { compileGraph } from '../compile.js'
import { stringify } from '../csv.js'
import { Faults, fail } from '../diagnostics.js'
import { lifeNode } from '../graph.js'
import { nearest } from '../nearest.js'
import { sqlName } from '../relation.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  openProfile,
  openProject,
  withDriver,
} from './session.js'

export interface ShowOptions extends CommonOptions {
  readonly limit: number
  readonly columns?: readonly string[]
  readonly output: 'table' | 'csv' | 'json'
}

/** @param names the model, unless --select names it */
export async function showCommand(
  names: readonly string[],
  options: ShowOptions,
  context: CommandContext,
): Promise<number> {
  const { reporter } = context
  const project = openProject(options)
  const profile = openProfile(project, options, reporter)
  const { graph } = compileGraph(project, {
    ...compileOptions(options, profile.adapter.dialect, profile.target),
    select: [],
    exclude: [],
  })
  const [name, ...more] = [...names, ...(options.select ?? [])]
  if (name === undefined || more.length > 0) {
    fail('bad-usage', 'show takes one model', { hint: 'seshat show sessions' })
  }
  const table = graph.catalog.tables.get(name)
  if (!table || table.kind === 'ephemeral') {
    const known = [...graph.catalog.tables.keys()].filter(
      known => !graph.graph.hasNode(lifeNode(known, 'setup')) || known === name,
    )
    return fail('nothing-selected', `there is no table '${name}' to show`, nearest(name, known))
  }
  const columns = selectedColumns(
    options.columns,
    table.columns.map(column => column.name),
    name,
  )
  const result = await withDriver(project, profile, 'show', driver =>
    driver.execute(`select ${columns} from ${sqlName(table.relation)} limit ${options.limit}`),
  )
  print(result, sqlName(table.relation), options, context)
  return 0
}

function selectedColumns(
  wanted: readonly string[] | undefined,
  declared: readonly string[],
  model: string,
): string {
  if (!wanted) return '*'
  const faults = wanted
    .filter(
      column =>
        (declared.length > 0 && !declared.includes(column)) || !/^[A-Za-z_][A-Za-z0-9_$]*$/.test(column),
    )
    .map(column => ({
      code: 'unknown-column',
      severity: 'error' as const,
      message: `${model} has no column '${column}'`,
      ...nearest(column, declared),
    }))
  if (faults.length > 0) throw new Faults(faults)
  return wanted.join(', ')
}

function print(
  result: QueryResult,
  relation: string,
  options: ShowOptions,
  { reporter }: CommandContext,
): void {
  const objects = result.rows.map(row =>
    Object.fromEntries(result.columns.map((column, index) => [column, row[index] ?? null])),
  )
  const data = { relation, rows: objects }
  if (options.output === 'json') reporter.answer(JSON.stringify(objects, null, 2), 'rows', data)
  else if (options.output === 'csv') reporter.answer(stringify(result.columns, result.rows), 'rows', data)
  else {
    reporter.answer(
      `${relation}, ${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'}`,
      'rows',
      data,
    )
    const rows = result.rows.map(row => row.map(value => (value === null ? '·' : String(value))))
    const right = result.columns.flatMap((_, index) =>
      result.rows.some(row => typeof row[index] === 'number') ? [index] : [],
    )
    reporter.table({ head: result.columns, rows, right })
  }
}
