// SourceFile[] -> ParsedModel[]: renders every model once per adapter and notes what it refers to and how it is
// configured. Relations stay open (compiler/reference.ts); nothing here knows of any other model.

import type { Dialect } from '../adapters/dialect.js'
import { collectFaults } from './collect_faults.js'
import { type RenderedAs, sharedConfig, withDeclaredTests } from './data_tests/parse_tests.js'
import {
  type DataTest,
  fileWords,
  mergeTestConfigs,
  parseTestConfig,
  type TestConfig,
} from './data_tests/test_config.js'
import { type Diagnostic, error, Faults, fail, type Place } from './diagnostics.js'
import { isDisabled, modelFaults } from './model_checks.js'
import {
  type Column,
  type ModelConfig,
  modelConfigSchema,
  parseConfig,
  standardModelConfigSchema,
} from './model_config.js'
import type { Module } from './module.js'
import { nearest } from './nearest.js'
import type { Project } from './project.js'
import { referenceHandle } from './reference.js'
import { identifierFault } from './relation.js'
import type { ModelProperties } from './settings.js'
import { baseName, packagePrefix, type SourceFile, startOf } from './source_file.js'
import { createTemplateEngine, type TemplateEngine, type TemplateScope } from './template_engine.js'
import type { Call } from './template_syntax.js'
import { readTemplate } from './template_text.js'
import type { Tracer } from './template_trace.js'
import { protectedText, protectText } from './unsafe_text.js'
import type { VariableValue } from './variables.js'

interface Reference {
  readonly name: string
  readonly at: Place
}

export interface ParsedModel {
  readonly name: string
  readonly file: string
  /** The module in whose folder it stands; undefined for a custom model. */
  readonly module: Module | undefined
  /** Of a data test, whose select gives rows that should not be there. */
  readonly test: DataTest | undefined
  readonly config: ModelConfig
  /** Its call of `config`; the start of the file where it has none. */
  readonly configAt: Place
  readonly description: string | undefined
  readonly columns: readonly Column[]
  readonly refs: readonly Reference[]
  readonly sources: readonly (Reference & { readonly table: string })[]
  /** Tables of its own module that it reads as earlier runs left them. */
  readonly previous: readonly Reference[]
  /** The select, with marks for relations, as it is on every run but a rebuild. */
  readonly sql: string
  /** The select as it is when there is no table yet, or under --full-refresh: `is_incremental()` is false. */
  readonly rebuildSql: string
  readonly variables: ReadonlyMap<string, VariableValue>
  /** Names of the macros that its templates call, through other macros too. */
  readonly macros: readonly string[]
}

/** What a template sees as `target`; no fact of a connection. */
export interface TargetName {
  readonly name: string
}

export interface ParsedProject {
  readonly models: readonly ParsedModel[]
  readonly macros: TemplateEngine['macros']
}

/** @throws Faults: all faults of all models and macros */
export function parseModels(
  project: Project,
  dialect: Dialect,
  target: TargetName,
  tracer?: Tracer,
): ParsedProject {
  const engine = createTemplateEngine(project.macros, dialect.dispatch, tracer)
  const faults: Diagnostic[] = []
  const models: ParsedModel[] = []
  const properties = propertiesByModel(project)
  for (const file of project.models) {
    const model = collectFaults(faults, () =>
      new ModelParser(project, dialect, target, engine, file, properties.get(baseName(file))).parse(),
    )
    if (model) models.push(model)
  }
  const all = withDeclaredTests(
    project,
    models,
    (template, as) => new ModelParser(project, dialect, target, engine, template, undefined, as).parse(),
    faults,
  )
  faults.push(...modelFaults(project, all))
  if (faults.length > 0) throw new Faults(faults)
  return { models: all.filter(model => !isDisabled(model)), macros: engine.macros }
}

/** What the YAML files say of each model; of two entries for one model, which is a fault, the first. */
const propertiesByModel = ({ properties: files }: Project): ReadonlyMap<string, ModelProperties> =>
  new Map(
    files.flatMap(({ properties }) => properties.models.map(entry => [entry.name, entry] as const)).reverse(),
  )

/** One model on its way: holds what the functions of the template have been told so far. */
class ModelParser {
  private readonly name: string
  private readonly module: Module | undefined
  private inFile: ModelConfig = {}
  private test: TestConfig = {}
  private readonly refs = new Map<string, Reference>()
  private readonly sources = new Map<string, Reference & { table: string }>()
  private readonly previousTables = new Map<string, Reference>()
  private readonly variables = new Map<string, VariableValue>()
  private readonly macros = new Set<string>()
  private calls: readonly Call[] = []
  private readsLimit = false

  constructor(
    private readonly project: Project,
    private readonly dialect: Dialect,
    private readonly target: TargetName,
    private readonly engine: TemplateEngine,
    private readonly file: SourceFile,
    private readonly properties: ModelProperties | undefined,
    private readonly as?: RenderedAs,
  ) {
    this.name = as?.name ?? baseName(file)
    this.module = as
      ? as.module
      : [...project.modules.values()].find(module => file.path.startsWith(module.folder))
  }

  /** In the folder tests of the project or of a module, or declared in YAML. */
  private get isTest(): boolean {
    const folder = `${this.module?.folder ?? ''}tests/`
    return this.as !== undefined || this.file.path.startsWith(folder)
  }

  parse(): ParsedModel {
    const { file, name } = this
    const bad = identifierFault(name)
    if (bad) {
      fail('bad-identifier', `the model name '${shorten(name)}' ${bad}`, {
        at: startOf(file.path),
        hint: 'A model is called by its file: rename the file.',
      })
    }
    if (file.text.trim() === '')
      fail('empty-model', `${file.path} is empty`, { at: startOf(file.path), hint: 'A model is one select.' })
    const { calls, traps } = readTemplate(file)
    this.calls = calls
    const faults = [...traps, ...this.readReferences()]
    if (faults.length > 0) throw new Faults(faults)
    const sql = this.render(true)
    const rebuildSql = this.calls.some(call => call.name === 'is_incremental') ? this.render(false) : sql
    const { properties } = this
    const declared = this.module?.definition.tables[name]
    const test = this.isTest ? (this.as?.test ?? { config: this.test, words: fileWords }) : undefined
    const config = test
      ? sharedConfig(test)
      : this.withoutOutlivingLimits(this.withRenderedHooks(this.mergedConfig(properties, declared)))
    const { replaces } = config
    const configAt = this.calls.find(call => call.name === 'config')?.at ?? startOf(file.path)
    if (replaces && !this.refs.has(replaces)) this.refs.set(replaces, { name: replaces, at: configAt })
    return {
      name,
      file: file.path,
      module: this.module,
      test,
      config,
      configAt,
      description: properties?.description ?? declared?.description,
      columns: declared?.columns ?? properties?.columns ?? [],
      refs: [...this.refs.values()],
      sources: [...this.sources.values()],
      previous: [...this.previousTables.values()],
      sql,
      rebuildSql,
      variables: this.variables,
      macros: [...this.macros].sort(),
    }
  }

  /** A view would read its limits from the session of whoever reads it: a module's is a table of the run instead. */
  private withoutOutlivingLimits(config: ModelConfig): ModelConfig {
    const isView = (config.materialized ?? (this.module ? 'scratch' : 'view')) === 'view'
    if (!isView || !this.readsLimit) return config
    if (!this.module)
      fail('bad-ref', `'${this.name}' is a view, and limit is for tables`, {
        at: this.calls.find(({ name }) => name === 'limit')?.at ?? startOf(this.file.path),
        hint: 'Read the limit with ref, or configure another materialization.',
      })
    return this.dialect.sessionVariables ? { ...config, materialized: 'scratch' } : config
  }

  /** Hooks are templates of their own: `analyze {{ this }}`. */
  private withRenderedHooks(config: ModelConfig): ModelConfig {
    const rendered = (when: 'pre_hook' | 'post_hook'): Partial<ModelConfig> => {
      const hooks = config[when]?.map((text, index) => {
        const path = `${this.file.path} (${when} ${index + 1})`
        return this.engine.render({ path, text }, this.scope(true))
      })
      return hooks ? { [when]: hooks } : {}
    }
    return { ...config, ...rendered('pre_hook'), ...rendered('post_hook') }
  }

  /** The refs and sources that stand in the text, in branches that are not taken as well. */
  private readReferences(): readonly Diagnostic[] {
    return this.calls.flatMap(({ name, arguments: given, at }): readonly Diagnostic[] => {
      const [first, second] = given
      if (name === 'ref') {
        if (given.length !== 1 || first === undefined)
          return [error('bad-ref', "ref takes one name in quotes: ref('sessions_this_run')", { at })]
        this.refs.set(first, this.refs.get(first) ?? { name: first, at })
      } else if (name === 'source') {
        if (given.length !== 2 || first === undefined || second === undefined)
          return [error('bad-ref', "source takes two names in quotes: source('atomic', 'events')", { at })]
        const bad = [first, second].find(part => identifierFault(part))
        if (bad !== undefined)
          return [error('bad-identifier', `the name '${shorten(bad)}' ${identifierFault(bad)}`, { at })]
        this.sources.set(`${first}.${second}`, { name: first, table: second, at })
      }
      return []
    })
  }

  private render(incremental: boolean): string {
    const rendered = this.engine.render(this.file, this.scope(incremental)).trim()
    if (rendered.replaceAll(/--.*|\/\*[\s\S]*?\*\//g, '').trim() === '')
      fail('empty-model', `${this.file.path} renders to nothing`, {
        at: startOf(this.file.path),
        hint: 'A model is one select.',
      })
    return rendered.replace(/;\s*$/, '')
  }

  private scope(incremental: boolean): TemplateScope {
    return {
      functions: {
        ref: (...args) => this.ref(args),
        previous: (...args) => this.previous(args),
        limit: (...args) => this.limit(args),
        source: (...args) => this.source(args),
        var: (...args) => this.variable(args),
        config: (...args) => this.configure(args),
        is_incremental: () => incremental,
        literal: (...args) => this.literal(args),
      },
      values: { this: referenceHandle('this', this.name), target: { name: this.target.name } },
      macroCalled: name => this.macros.add(name),
    }
  }

  private ref(args: readonly unknown[]): unknown {
    const [name] = args
    if (typeof name !== 'string') {
      fail('bad-ref', `ref was called with ${describeValue(name)} instead of a name`, {
        hint: "Put the name in quotes: ref('sessions').",
      })
    }
    if (!this.refs.has(name)) this.refs.set(name, { name, at: startOf(this.file.path) })
    return referenceHandle('ref', name)
  }

  private previous(args: readonly unknown[]): unknown {
    const [name] = args
    if (typeof name !== 'string') {
      fail('bad-ref', `previous was called with ${describeValue(name)} instead of a name`, {
        hint: "Put the name in quotes: previous('sessions').",
      })
    }
    const call = this.calls.find(
      ({ name: called, arguments: [first] }) => called === 'previous' && first === name,
    )
    this.previousTables.set(name, { name, at: call?.at ?? startOf(this.file.path) })
    return referenceHandle('previous', name)
  }

  /** The value of a column of a table of one row, as something to compare a scanned column with. */
  private limit(args: readonly unknown[]): unknown {
    const [name, column] = args
    if (typeof name !== 'string' || typeof column !== 'string' || identifierFault(column)) {
      fail(
        'bad-ref',
        `limit was called with ${describeValue(name)} and ${describeValue(column)} instead of two names`,
        { hint: "It takes a model of one row and one of its columns: limit('base_limits', 'scan_limit')." },
      )
    }
    this.ref([name])
    this.readsLimit = true
    return referenceHandle('limit', `${name}.${column}`)
  }

  private source(args: readonly unknown[]): unknown {
    const [name, table] = args
    if (
      typeof name !== 'string' ||
      typeof table !== 'string' ||
      identifierFault(name) ||
      identifierFault(table)
    ) {
      fail(
        'bad-ref',
        `source was called with ${describeValue(name)} and ${describeValue(table)} instead of two names`,
      )
    }
    const key = `${name}.${table}`
    if (!this.sources.has(key)) this.sources.set(key, { name, table, at: startOf(this.file.path) })
    return referenceHandle('source', key)
  }

  private variable(args: readonly unknown[]): unknown {
    const [name, ...rest] = args
    if (typeof name !== 'string')
      fail('unknown-variable', `var was called with ${describeValue(name)} instead of a name`, {
        hint: "Put the name in quotes: var('start_date').",
      })
    const known = this.project.variables.names(this.module?.name)
    const set = this.project.variables.value(this.module?.name, name)
    const value = set === undefined ? (rest[0] as VariableValue | undefined) : set
    if (value === undefined && known.includes(name)) {
      fail('missing-variable', `the variable '${name}' has no value and no default`, {
        hint: `Set it in seshat.yml: vars: {${name}: ...}.`,
      })
    }
    if (value === undefined) {
      fail('unknown-variable', `there is no variable '${name}'`, {
        hint: nearest(name, known).hint ?? `Set it in seshat.yml: vars: {custom: {${name}: ...}}.`,
      })
    }
    this.variables.set(name, value)
    return value === null ? null : protectText(name, value)
  }

  private literal(args: readonly unknown[]): string {
    const values = Array.isArray(args[0]) ? args[0] : [args[0]]
    return values
      .map(value => {
        const text = typeof value === 'string' ? value : protectedText(value)
        if (text !== undefined) return this.dialect.literal(text)
        if (typeof value === 'number' || typeof value === 'boolean') return String(value)
        if (value === null) return 'null'
        return fail('undefined-value', `literal was called with ${describeValue(value)}`, {
          hint: "It takes a text, a number, true, false, null or a list of these: literal(var('name')).",
        })
      })
      .join(', ')
  }

  private configure(args: readonly unknown[]): string {
    if (this.isTest) this.test = mergeTestConfigs(this.test, parseTestConfig(args))
    else this.inFile = { ...this.inFile, ...parseConfig(args) }
    return ''
  }

  /** In the file over YAML beside it over folders in seshat.yml, the deepest first; tags of all levels add up. */
  private mergedConfig(
    properties: ModelProperties | undefined,
    declared: ModelConfig | undefined,
  ): ModelConfig {
    const levels = [
      ...this.folderConfigs(),
      properties?.config ?? {},
      declared ? pickConfig(declared) : {},
      this.inFile,
    ]
    const tags = [...new Set(levels.flatMap(level => level.tags ?? []))]
    return { ...Object.assign({}, ...levels), ...(tags.length > 0 ? { tags } : {}) } as ModelConfig
  }

  private folderConfigs(): readonly ModelConfig[] {
    const path = this.file.path.replace(packagePrefix, '').replace(/^models\//, '')
    return Object.entries(this.project.settings.models)
      .filter(([folder]) => folder === '.' || path.startsWith(`${folder.replace(/\/$/, '')}/`))
      .sort(([a], [b]) => a.length - b.length)
      .map(([, config]) => (this.module?.standard ? standardPart(config) : config))
  }
}

const standardKeys = new Set(Object.keys(standardModelConfigSchema.shape))
const standardPart = (config: ModelConfig): ModelConfig =>
  Object.fromEntries(Object.entries(config).filter(([key]) => standardKeys.has(key)))

function pickConfig(table: ModelConfig): ModelConfig {
  const entries = Object.keys(modelConfigSchema.shape).map(key => [key, table[key as keyof ModelConfig]])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ModelConfig
}

const describeValue = (value: unknown): string =>
  value === undefined ? 'an undefined name' : shorten(JSON.stringify(value) ?? String(value))

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)
