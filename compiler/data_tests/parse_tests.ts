// Declared tests + ParsedModel[] -> ParsedModel[]: each test becomes a select like that of a test's file, and is rendered by
// the same templates; what is wrong with it is shown in the YAML that it comes from.

import { collectFaults } from '../collect_faults.js'
import { type Diagnostic, error, Faults, fail, type Place } from '../diagnostics.js'
import type { Module } from '../module.js'
import { nearest } from '../nearest.js'
import type { ParsedModel } from '../parse.js'
import type { Project } from '../project.js'
import { identifierFault } from '../relation.js'
import type { SourceFile } from '../source_file.js'
import type { Reference } from '../template_functions.js'
import { type DeclaredTest, declaredTests, testProperties } from './declared_tests.js'
import { type DataTest, folderTestConfigs, mergeTestConfigs } from './test_config.js'
import { testName } from './test_names.js'
import { inheritedColumn, nameOfTarget, testSelect, wordsOf } from './test_select.js'
import { type Subject, TestedTables } from './tested_tables.js'

/** What a template is rendered as, where it is no file. */
export interface RenderedAs {
  readonly name: string
  readonly module: Module | undefined
  readonly test: DataTest
}

/** The path of a declared test's template; statement_places.ts reads the name back. */
const templatePath = ({ file }: DeclaredTest, name: string): string => `${file} (data test ${name})`
export const templateOfTest = / \(data test (\w+)\)$/

/**
 * Those of the project's YAML and of its enabled modules.
 * @param models those that are parsed, tests in SQL files among them
 * @param render makes a model of a template
 * @param faults of tests that are not right are added
 * @returns the models with what YAML says of tests by their names, and the declared tests behind them
 */
export function withDeclaredTests(
  project: Project,
  models: readonly ParsedModel[],
  render: (template: SourceFile, as: RenderedAs) => ParsedModel,
  faults: Diagnostic[],
): readonly ParsedModel[] {
  const tables = new TestedTables(project, models)
  const made = declaredTests(project, faults).flatMap(test => {
    const subject = tables.subject(test.tested)
    if (!subject) return []
    return collectFaults(faults, () => madeOf(test, subject, tables, render)) ?? []
  })
  const properties = testProperties(project, faults)
  const all = [...models, ...made]
  const names = all.filter(({ test }) => test).map(({ name }) => name)
  for (const [name, { at }] of properties)
    if (!names.includes(name))
      faults.push(
        error('unknown-data-test', `there is no data test '${name}'`, { at, ...nearest(name, names) }),
      )
  return all.map(model => {
    if (!model.test) return model
    const said = properties.get(model.name)
    // Of a test in YAML they count already: a condition stands in its select.
    const ofFolders = made.includes(model) ? [] : folderTestConfigs(project.settings.data_tests, model.file)
    const config = mergeTestConfigs(...ofFolders, model.test.config, said?.config ?? {})
    const test = { ...model.test, config }
    return { ...model, test, config: sharedConfig(test), description: said?.description ?? model.description }
  })
}

/** What a test's config has in common with a model's. */
export const sharedConfig = ({ config }: DataTest): ParsedModel['config'] => ({
  ...(config.enabled === undefined ? {} : { enabled: config.enabled }),
  ...(config.tags === undefined ? {} : { tags: config.tags }),
  ...(config.meta === undefined ? {} : { meta: config.meta }),
})

function madeOf(
  declared: DeclaredTest,
  subject: Subject,
  tables: TestedTables,
  render: (template: SourceFile, as: RenderedAs) => ParsedModel,
): ParsedModel {
  checkColumns(declared, tables)
  const name = nameOf(declared)
  const isMarked = subject.inheritedBy !== undefined
  const test: DataTest = {
    config: { ...declared.config, ...(isMarked ? { inherited: inheritedColumn } : {}) },
    words: wordsOf(declared),
    ...(declared.tested.kind === 'source' ? { ofSource: declared.tested.name } : {}),
  }
  const path = templatePath(declared, name)
  const at = (place: Place): Place => (place.file === path ? declared.at : place)
  const parsed = placing(at, () =>
    render({ path, text: testSelect(declared, subject) }, { name, module: declared.module, test }),
  )
  const to = declared.kind === 'relationships' ? nameOfTarget(declared.args.to) : undefined
  const placed = <T extends Reference & { readonly table?: string }>(reference: T): T => {
    const name = reference.table === undefined ? reference.name : `${reference.name}.${reference.table}`
    return { ...reference, at: name === to ? declared.placeOf('to') : at(reference.at) }
  }
  return {
    ...parsed,
    file: declared.file,
    configAt: declared.at,
    description: declared.description,
    refs: parsed.refs.map(placed),
    sources: parsed.sources.map(placed),
  }
}

function nameOf({ kind, tested, columns, args, name }: DeclaredTest): string {
  if (name !== undefined) return name
  const others =
    kind === 'relationships'
      ? [nameOfTarget(args.to), args.field ?? '']
      : kind === 'expression'
        ? [args.expression ?? '']
        : []
  const test = tested.kind === 'source' ? `source_${kind}` : kind
  return testName(test, tested.name.replace('.', '_'), [...columns, ...others])
}

function placing<T>(at: (place: Place) => Place, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
    throw new Faults(
      cause.diagnostics.map(found => ({
        ...found,
        ...(found.at ? { at: at(found.at) } : {}),
        ...(found.related ? { related: found.related.map(other => ({ ...other, at: at(other.at) })) } : {}),
      })),
    )
  }
}

/**
 * Of other models the select says which columns there are, and a slip in it is no fault of the test: `check` types both.
 * @throws Faults `unknown-column`, where the columns are declared
 */
function checkColumns(declared: DeclaredTest, tables: TestedTables): void {
  const { args, columns, at, tested } = declared
  const named = args.columns ? 'columns' : args.column ? 'column' : undefined
  // A seed's own columns are held against its file in any case.
  const known = tested.kind === 'seed' && !named ? undefined : tables.declaredColumns(tested.name)
  for (const column of columns) check(column, tested.name, known, named ? declared.placeOf(named) : at)
  const parent = declared.kind === 'relationships' ? nameOfTarget(args.to) : undefined
  if (parent !== undefined)
    check(args.field ?? '', parent, tables.declaredColumns(parent), declared.placeOf('field'))
}

function check(column: string, table: string, known: readonly string[] | undefined, at: Place): void {
  const bad = identifierFault(column)
  if (bad) fail('bad-identifier', `the column '${column}' ${bad}`, { at })
  if (known === undefined || known.some(name => name.toLowerCase() === column.toLowerCase())) return
  fail('unknown-column', `'${table}' has no column '${column}'`, { at, ...nearest(column, known) })
}
