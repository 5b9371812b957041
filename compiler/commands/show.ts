// seshat show: rows of a model's table, or of a select of the command line. Reads, and can do nothing else.

import type { Driver, QueryResult } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import { compileGraph } from '../compile.js'
import { Faults, fail } from '../diagnostics.js'
import { lifeNode } from '../graph.js'
import { compileInline, type InlineQuery } from '../inline_query.js'
import { nearest } from '../nearest.js'
import type { Profile } from '../profile.js'
import type { Project } from '../project.js'
import { sqlName } from '../relation.js'
import { missingTables, type NeededTable } from '../tables_not_there.js'
import { openProfile } from './open_profile.js'
import { patience } from './patience.js'
import { printRows, type RowFormat } from './rows.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  openProject,
  withDriver,
} from './session.js'

export interface ShowOptions extends CommonOptions {
  /** A select in the place of a model, as a template. */
  readonly inline?: string
  readonly limit?: number
  readonly columns?: readonly string[]
  readonly output: RowFormat
}

const defaultLimit = 10

/** What is asked of the database, and what there is to say where it refuses. */
interface Shown {
  readonly title: string
  /** In order; the answer is that of the last. */
  readonly statements: readonly string[]
  readonly needs: readonly NeededTable[]
  /** A fault of the last statement, at its place in the text that was given. */
  placed(fault: StatementFault): Faults
}

/** @param names the model, unless --select or --inline say what to show */
export async function showCommand(
  names: readonly string[],
  options: ShowOptions,
  context: CommandContext,
): Promise<number> {
  const { reporter, signal } = context
  const attempts = patience(options.wait, context)
  const [name, ...more] = [...names, ...(options.select ?? [])]
  if ((name === undefined) === (options.inline === undefined) || more.length > 0)
    fail('bad-usage', 'show takes one model, or a select after --inline', {
      hint: `seshat show sessions, or seshat show --inline "select count(*) from {{ ref('sessions') }}"`,
    })
  const project = openProject(options)
  const profile = openProfile(project, options, reporter)
  const shown =
    name === undefined
      ? inlineQuery(project, profile, options.inline ?? '', options)
      : tableOrModel(project, profile, name, options)
  const work = (driver: Driver): Promise<QueryResult> => read(driver, profile, project, shown)
  const result = await withDriver(project, profile, 'show', signal, work, { attempts })
  const title = `${shown.title}, ${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'}`
  printRows(reporter, result, options.output, { title, turns: true })
  return 0
}

async function read(
  driver: Driver,
  profile: Profile,
  project: Project,
  { statements, needs, placed }: Shown,
): Promise<QueryResult> {
  try {
    return await driver.reading(async () => {
      let result: QueryResult = { columns: [], numbers: [], rows: [], rowCount: 0 }
      for (const sql of statements) result = await driver.execute(sql)
      return result
    })
  } catch (cause) {
    if (!(cause instanceof StatementFault)) throw cause
    const missing = await missingTables(driver, profile.adapter.dialect, project, needs)
    if (missing.length > 0) throw new Faults(missing)
    throw placed(cause)
  }
}

function tableOrModel(project: Project, profile: Profile, name: string, options: ShowOptions): Shown {
  const { graph } = compileGraph(project, {
    ...compileOptions(options, profile.adapter.dialect, profile.target),
    select: [],
    exclude: [],
  })
  const table = graph.catalog.tables.get(name)
  if (table?.kind === 'test')
    fail('bad-usage', `'${name}' is a test, and has no table`, { hint: `seshat test --select ${name}` })
  if (!table) {
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
  if (table.kind === 'ephemeral')
    return computed(
      inlineQuery(project, profile, `select ${columns} from {{ ref('${name}') }}`, options),
      name,
    )
  const relation = sqlName(table.relation)
  return {
    title: relation,
    statements: [`select ${columns} from ${relation} limit ${options.limit ?? defaultLimit}`],
    needs: [{ table, relation: table.relation }],
    placed: cause => cause,
  }
}

/** Nobody has written its text, so nothing is to be shown in it. */
const computed = ({ statements, needs }: Shown, title: string): Shown => ({
  title,
  statements,
  needs: needs.map(({ relation, table }) => ({ relation, table })),
  placed: cause => cause,
})

function inlineQuery(project: Project, profile: Profile, text: string, options: ShowOptions): Shown {
  const query: InlineQuery = compileInline(project, profile.adapter.dialect, profile.target, text, {
    wanted: options.limit,
    usual: defaultLimit,
  })
  return { ...query, title: 'inline' }
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
