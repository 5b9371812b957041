// seshat show: the first rows of a model's table.

import { compileGraph } from '../compile.js'
import { Faults, fail } from '../diagnostics.js'
import { lifeNode } from '../graph.js'
import { nearest } from '../nearest.js'
import { sqlName } from '../relation.js'
import { printRows, type RowFormat } from './rows.js'
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
  readonly output: RowFormat
}

/** @param names the model, unless --select names it */
export async function showCommand(
  names: readonly string[],
  options: ShowOptions,
  context: CommandContext,
): Promise<number> {
  const { reporter, signal } = context
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
  if (!table || table.kind === 'ephemeral' || table.kind === 'test') {
    const known = [...graph.catalog.tables.keys()].filter(
      known =>
        graph.catalog.tables.get(known)?.kind !== 'test' &&
        (!graph.graph.hasNode(lifeNode(known, 'setup')) || known === name),
    )
    return fail('nothing-selected', `there is no table '${name}' to show`, nearest(name, known))
  }
  const columns = selectedColumns(
    options.columns,
    table.columns.map(column => column.name),
    name,
  )
  const result = await withDriver(project, profile, 'show', signal, driver =>
    driver.execute(`select ${columns} from ${sqlName(table.relation)} limit ${options.limit}`),
  )
  const title = `${sqlName(table.relation)}, ${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'}`
  printRows(reporter, result, options.output, {
    title,
    more: 'see them with a wider terminal, --columns or --output json',
  })
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
      code: 'unknown-column' as const,
      severity: 'error' as const,
      message: `${model} has no column '${column}'`,
      ...nearest(column, declared),
    }))
  if (faults.length > 0) throw new Faults(faults)
  return wanted.join(', ')
}
