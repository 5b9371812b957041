// The lists of tests in YAML -> what each asks for, with its place: of models, seeds, sources and columns, in the files of the
// project beside its models and in module.yml of each module.

import { collectFaults } from '../collect_faults.js'
import { type Diagnostic, error, fail, type Place } from '../diagnostics.js'
import type { Module } from '../module.js'
import { nearest } from '../nearest.js'
import type { Project } from '../project.js'
import { ownValue } from '../records.js'
import { validate, type YamlFile } from '../yaml_file.js'
import { folderTestConfigs, mergeTestConfigs, type TestConfig } from './test_config.js'
import { argumentsSchema, isTestKind, type TestArguments, type TestKind, testKinds } from './test_kinds.js'

/** The table whose rows a test looks at. */
export interface TestedTable {
  readonly kind: 'model' | 'seed' | 'source'
  /** `orders`; of a source `shop.orders`. */
  readonly name: string
}

export interface DeclaredTest {
  readonly kind: TestKind
  readonly tested: TestedTable
  readonly columns: readonly string[]
  readonly args: TestArguments
  readonly config: TestConfig
  /** As the file gives it; else one is made of its words. */
  readonly name: string | undefined
  readonly description: string | undefined
  /** The module that ships it; undefined for tests of the project. */
  readonly module: Module | undefined
  readonly file: string
  readonly at: Place
  /** Where the value of a key of it stands. */
  placeOf(key: string): Place
}

type Path = readonly (string | number)[]

/** What an entry of YAML says of a table, as far as it is about tests. */
interface Entry extends Lists {
  readonly columns?: readonly (Lists & { readonly name: string })[] | undefined
}
interface Lists {
  readonly data_tests?: readonly unknown[] | undefined
  readonly tests?: readonly unknown[] | undefined
}

/** @param faults of entries that cannot be read are added; the others are given */
export function declaredTests(project: Project, faults: Diagnostic[]): readonly DeclaredTest[] {
  const ofModules = [...project.modules.values()]
    .filter(({ enabled }) => enabled)
    .flatMap(module =>
      Object.entries(module.definition.tables).flatMap(([model, entry]) =>
        new EntryReader(project, module.yaml, { kind: 'model', name: model }, module, faults).read(entry, [
          'tables',
          model,
        ]),
      ),
    )
  const ofProject = project.properties.flatMap(({ yaml, properties }) => {
    const read = (
      kind: TestedTable['kind'],
      name: string,
      entry: Entry,
      path: Path,
    ): readonly DeclaredTest[] =>
      new EntryReader(project, yaml, { kind, name }, undefined, faults).read(entry, path)
    return [
      ...properties.models.flatMap((entry, index) => read('model', entry.name, entry, ['models', index])),
      ...properties.seeds.flatMap((entry, index) => read('seed', entry.name, entry, ['seeds', index])),
      ...properties.sources.flatMap(({ name, tables }, index) =>
        tables.flatMap((entry, position) =>
          read('source', `${name}.${entry.name}`, entry, ['sources', index, 'tables', position]),
        ),
      ),
    ]
  })
  return [...ofModules, ...ofProject]
}

class EntryReader {
  constructor(
    private readonly project: Project,
    private readonly yaml: YamlFile,
    private readonly tested: TestedTable,
    private readonly module: Module | undefined,
    private readonly faults: Diagnostic[],
  ) {}

  read(entry: Entry, path: Path): readonly DeclaredTest[] {
    const ofColumns = (entry.columns ?? []).flatMap((column, index) =>
      this.lists(column, [...path, 'columns', index], column.name),
    )
    return [...this.lists(entry, path, undefined), ...ofColumns]
  }

  private lists(lists: Lists, path: Path, column: string | undefined): readonly DeclaredTest[] {
    return (['data_tests', 'tests'] as const).flatMap(key =>
      (lists[key] ?? []).flatMap(
        (item, index) =>
          collectFaults(this.faults, () => this.test(item, [...path, key, index], column)) ?? [],
      ),
    )
  }

  private test(item: unknown, path: Path, column: string | undefined): DeclaredTest {
    const { kind, given, at: below } = this.named(item, path)
    const rest = typeof given === 'string' && kind === 'expression' ? { expression: given } : (given ?? {})
    const nested = nestedYaml(this.yaml, below, rest)
    const { arguments: apart, config, name, description, ...flat } = validate(nested, argumentsSchema(kind))
    const { severity, where, limit, store_failures, schema, after, enabled, tags, meta, ...args } = flat
    const beside = { severity, where, limit, store_failures, schema, after, enabled, tags, meta }
    const all: TestArguments = { ...args, ...apart }
    const placeOf = (key: string): Place =>
      this.yaml.valueAt([...below, ...(apart && Object.hasOwn(apart, key) ? ['arguments'] : []), key])
    const at = typeof item === 'string' ? this.yaml.valueAt(path) : this.yaml.keyAt(below)
    this.checkArguments(kind, all, column, at)
    return {
      kind,
      tested: this.tested,
      columns: namedColumns(all) ?? (column === undefined ? [] : [column]),
      args: all,
      config: mergeTestConfigs(
        ...folderTestConfigs(this.project.settings.data_tests, this.yaml.file),
        withoutGaps(beside),
        withoutGaps(config ?? {}),
      ),
      name,
      description,
      module: this.module,
      file: this.yaml.file,
      at,
      placeOf,
    }
  }

  /** The name of a test and what stands below it. */
  private named(item: unknown, path: Path): { kind: TestKind; given: unknown; at: Path } {
    if (typeof item !== 'string' && (typeof item !== 'object' || item === null || Array.isArray(item)))
      fail('bad-data-test', 'a test is a name, or a name with what it takes below it', {
        at: this.yaml.valueAt(path),
        hint: 'Write unique, or accepted_values: {values: [...]}.',
      })
    const [entry, ...more] = typeof item === 'string' ? [[item, undefined] as const] : Object.entries(item)
    if (!entry) return fail('bad-data-test', 'a test has no name', { at: this.yaml.valueAt(path) })
    const [name, given] = entry
    const below = typeof item === 'string' ? path : [...path, name]
    const at = typeof item === 'string' ? this.yaml.valueAt(path) : this.yaml.keyAt(below)
    if (!isTestKind(name)) return unknownTest(name, at)
    if (more.length > 0)
      fail('bad-data-test', `'${more[0]?.[0]}' stands beside the name of the test ${name}`, {
        at: this.yaml.keyAt([...path, more[0]?.[0] ?? '']),
        hint: `Indent it, so that it stands below ${name}.`,
      })
    const isMap = given === null || given === undefined || typeof given === 'object'
    if (!isMap && !(name === 'expression' && typeof given === 'string'))
      fail('bad-data-test', `what stands below ${name} must be a map of names to values`, {
        at: this.yaml.valueAt(below),
      })
    return { kind: name, given, at: below }
  }

  private checkArguments(kind: TestKind, args: TestArguments, column: string | undefined, at: Place): void {
    const missing = requiredArguments[kind].filter(key => args[key] === undefined)
    if (missing.length > 0)
      fail('bad-data-test', `the test ${kind} lacks ${missing.map(key => `'${key}'`).join(' and ')}`, {
        at,
        hint: `For example: ${examples[kind]}.`,
      })
    const takesColumns = kind === 'unique' || kind === 'not_null'
    const named = namedColumns(args)
    if (column !== undefined && named !== undefined)
      fail(
        'bad-data-test',
        `the test ${kind} stands at the column '${column}' and names ${named.join(', ')} too`,
        {
          at,
          hint: `Put it under data_tests of the ${this.tested.kind === 'source' ? 'table' : this.tested.kind}, or leave that out.`,
        },
      )
    if (column === undefined && kind !== 'expression' && named === undefined)
      fail('bad-data-test', `the test ${kind} of '${this.tested.name}' is about no column`, {
        at,
        hint: `Put it under data_tests of a column, or name ${takesColumns ? 'columns: [...]' : 'column: ...'} below it.`,
      })
  }
}

const namedColumns = ({ columns, column }: TestArguments): readonly string[] | undefined =>
  columns ?? (column === undefined ? undefined : [column])

const requiredArguments: Readonly<Record<TestKind, readonly (keyof TestArguments)[]>> = {
  unique: [],
  not_null: [],
  accepted_values: ['values'],
  relationships: ['to', 'field'],
  expression: ['expression'],
}

const examples: Readonly<Record<TestKind, string>> = {
  unique: 'unique',
  not_null: 'not_null',
  accepted_values: 'accepted_values: {values: [new, paid]}',
  relationships: "relationships: {to: ref('users'), field: domain_userid}",
  expression: 'expression: "end_tstamp >= start_tstamp"',
}

/** Tests of packages that people know by other names. */
const otherNames: Readonly<Record<string, string>> = {
  'dbt_utils.unique_combination_of_columns': 'Here it is unique: {columns: [...]}.',
  'dbt_utils.expression_is_true': 'Here it is expression: "...".',
}

const unknownTest = (name: string, at: Place): never =>
  fail('unknown-data-test', `there is no data test '${name}'`, {
    at,
    hint:
      ownValue(otherNames, name) ??
      nearest(name, testKinds).hint ??
      `There are ${testKinds.join(', ')}. For anything else write a SQL file in tests/.`,
  })

/** A part of a YAML file as if it were one, so that its faults have their places. */
const nestedYaml = (yaml: YamlFile, below: Path, data: unknown): YamlFile => ({
  ...yaml,
  data,
  valueAt: path => yaml.valueAt([...below, ...path]),
  keyAt: path => yaml.keyAt([...below, ...path]),
})

const withoutGaps = (config: TestConfig): TestConfig =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))

/** What YAML says of tests by their names; of two entries for one name the first. */
export function testProperties(project: Project, faults: Diagnostic[]) {
  const found = new Map<string, { config: TestConfig; description: string | undefined; at: Place }>()
  for (const { yaml, properties } of project.properties)
    for (const [index, { name, config = {}, description }] of properties.data_tests.entries()) {
      const at = yaml.valueAt(['data_tests', index, 'name'])
      const twin = found.get(name)
      if (twin)
        faults.push(
          error('duplicate-properties', `the test '${name}' is described twice`, {
            at,
            related: [{ at: twin.at, message: 'the other one' }],
            hint: 'Make one entry of the two.',
          }),
        )
      else found.set(name, { config, description, at })
    }
  return found
}
