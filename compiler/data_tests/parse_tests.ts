// Declared tests + ParsedModel[] -> ParsedModel[]: each test becomes a select like that of a test's file, and is rendered by
// the same templates; what is wrong with it is shown in the YAML that it comes from.

import { collectFaults } from '../collect_faults.js'
import { type Diagnostic, error, Faults, fail, type Place } from '../diagnostics.js'
import { isDisabled } from '../model_checks.js'
import type { Module } from '../module.js'
import { nearest } from '../nearest.js'
import type { ParsedModel } from '../parse.js'
import type { Project } from '../project.js'
import { identifierFault } from '../relation.js'
import { selectParts } from '../select_columns.js'
import type { SourceFile } from '../source_file.js'
import { tokensOf } from '../sql_tokens.js'
import { type DeclaredTest, declaredTests, testProperties } from './declared_tests.js'
import { type DataTest, mergeTestConfigs } from './test_config.js'
import { testName } from './test_names.js'
import { inheritedColumn, nameOfTarget, type Subject, testSelect, wordsOf } from './test_select.js'

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
  const subjects = new Map(models.filter(model => !model.test).map(model => [model.name, model]))
  const made = declaredTests(project, faults).flatMap(test => {
    const subject = subjects.get(test.model)
    if (!subject || isDisabled(subject)) return []
    return collectFaults(faults, () => madeOf(test, subject, subjects, render)) ?? []
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
    const said = properties.get(model.name)
    if (!model.test || !said) return model
    const test = { ...model.test, config: mergeTestConfigs(model.test.config, said.config) }
    return { ...model, test, config: sharedConfig(test), description: said.description ?? model.description }
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
  model: ParsedModel,
  models: ReadonlyMap<string, ParsedModel>,
  render: (template: SourceFile, as: RenderedAs) => ParsedModel,
): ParsedModel {
  const subject = subjectOf(model)
  checkColumns(declared, model, models)
  const name = nameOf(declared)
  const isMarked = subject.inheritedBy !== undefined
  const test: DataTest = {
    config: { ...declared.config, ...(isMarked ? { inherited: inheritedColumn } : {}) },
    words: wordsOf(declared),
  }
  const path = templatePath(declared, name)
  const at = (place: Place): Place => (place.file === path ? declared.at : place)
  const parsed = placing(at, () =>
    render({ path, text: testSelect(declared, subject) }, { name, module: declared.module, test }),
  )
  const to = declared.kind === 'relationships' ? nameOfTarget(declared.args.to) : undefined
  const placed = <T extends { readonly name: string; readonly at: Place }>(reference: T): T => ({
    ...reference,
    at: reference.name === to ? declared.placeOf('to') : at(reference.at),
  })
  return {
    ...parsed,
    file: declared.file,
    configAt: declared.at,
    description: declared.description,
    refs: parsed.refs.map(placed),
    sources: parsed.sources.map(placed),
  }
}

function nameOf({ kind, model, columns, args, name }: DeclaredTest): string {
  if (name !== undefined) return name
  const others =
    kind === 'relationships'
      ? [nameOfTarget(args.to), args.field ?? '']
      : kind === 'expression'
        ? [args.expression ?? '']
        : []
  return testName(kind, model, [...columns, ...others])
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

function subjectOf(model: ParsedModel): Subject {
  const { name, module, config } = model
  const isProduction = module !== undefined && config.materialized === 'incremental'
  return {
    name,
    keys: config.unique_key ?? [],
    inheritedBy: isProduction ? config.time_key : undefined,
    columns: columnsOf(model),
  }
}

/** As declared for a module's table, else as its select gives them; undefined where that cannot be read for certain. */
const columnsOf = (model: ParsedModel): readonly string[] | undefined =>
  declaredColumns(model) ?? selectParts(tokensOf(model.sql, false))?.columns.map(({ name }) => name)

const declaredColumns = ({ module, columns, config }: ParsedModel): readonly string[] | undefined =>
  module && columns.length > 0
    ? [...columns.map(({ name }) => name), ...(config.extra_columns ?? [])]
    : undefined

/**
 * Of other models the select says which columns there are, and a slip in it is no fault of the test: `check` types both.
 * @throws Faults `unknown-column`, where the columns are declared
 */
function checkColumns(
  declared: DeclaredTest,
  model: ParsedModel,
  models: ReadonlyMap<string, ParsedModel>,
): void {
  const { args, columns, at } = declared
  for (const column of columns)
    check(
      column,
      model.name,
      declaredColumns(model),
      args.columns ? declared.placeOf('columns') : args.column ? declared.placeOf('column') : at,
    )
  const parent = declared.kind === 'relationships' && models.get(nameOfTarget(args.to))
  if (parent) check(args.field ?? '', parent.name, declaredColumns(parent), declared.placeOf('field'))
}

function check(column: string, table: string, known: readonly string[] | undefined, at: Place): void {
  const bad = identifierFault(column)
  if (bad) fail('bad-identifier', `the column '${column}' ${bad}`, { at })
  if (known === undefined || known.some(name => name.toLowerCase() === column.toLowerCase())) return
  fail('unknown-column', `'${table}' has no column '${column}'`, { at, ...nearest(column, known) })
}
