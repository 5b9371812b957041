// SourceFile[] -> ParsedModel[]: renders every model once per adapter and notes what it refers to and how it is
// configured. Relations stay open (compiler/reference.ts); nothing here knows of any other model.

import type { Dialect } from '../adapters/dialect.js'
import { collectFaults } from './collect_faults.js'
import { type Diagnostic, error, Faults, fail, type Place } from './diagnostics.js'
import {
  type Column,
  type ModelConfig,
  modelConfigSchema,
  standardModelConfigSchema,
} from './model_config.js'
import type { Module } from './module.js'
import { nearest } from './nearest.js'
import { type ModelProperties, type Project, packagePrefix } from './project.js'
import { referenceHandle } from './reference.js'
import { identifierFault } from './relation.js'
import type { SourceFile } from './source_file.js'
import { type Call, findCalls, findTraps, parseTemplate } from './template_checks.js'
import { createTemplateEngine, type TemplateEngine, type TemplateScope } from './template_engine.js'
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
  readonly config: ModelConfig
  readonly description: string | undefined
  readonly columns: readonly Column[]
  readonly refs: readonly Reference[]
  readonly sources: readonly (Reference & { readonly table: string })[]
  /** The select, with marks for relations, as it is on every run but a rebuild. */
  readonly sql: string
  /** The select as it is when there is no table yet, or under --full-refresh: `is_incremental()` is false. */
  readonly rebuildSql: string
  readonly variables: ReadonlyMap<string, VariableValue>
}

/** What a template sees as `target`; no fact of a connection. */
export interface TargetName {
  readonly name: string
}

/** @throws Faults: all faults of all models and macros */
export function parseModels(project: Project, dialect: Dialect, target: TargetName): readonly ParsedModel[] {
  const engine = createTemplateEngine(project.macros, dialect.dispatch)
  const faults: Diagnostic[] = []
  const models: ParsedModel[] = []
  for (const file of project.models) {
    const model = collectFaults(faults, () => new ModelParser(project, dialect, target, engine, file).parse())
    if (model) models.push(model)
  }
  faults.push(...duplicates(models), ...strayProperties(project))
  if (faults.length > 0) throw new Faults(faults)
  return models.filter(model => model.config.enabled !== false)
}

function duplicates(models: readonly ParsedModel[]): readonly Diagnostic[] {
  const first = new Map<string, ParsedModel>()
  const found: Diagnostic[] = []
  for (const model of models) {
    const twin = first.get(model.name)
    if (twin) {
      found.push(
        error('duplicate-model', `two models are called '${model.name}': ${twin.file} and ${model.file}`, {
          at: startOf(model.file),
          related: [{ at: startOf(twin.file), message: 'the other one' }],
          hint: 'Rename one of the files; a model is known by its file name alone.',
        }),
      )
    } else first.set(model.name, model)
  }
  return found
}

function strayProperties(project: Project): readonly Diagnostic[] {
  const names = project.models.map(modelName)
  return project.properties.flatMap(({ yaml, properties }) =>
    properties.models.flatMap((entry, index) =>
      names.includes(entry.name)
        ? []
        : [
            error('unknown-model', `there is no model '${entry.name}' to describe`, {
              at: yaml.valueAt(['models', index, 'name']),
              ...nearest(entry.name, names),
            }),
          ],
    ),
  )
}

const modelName = (file: SourceFile): string =>
  file.path.slice(file.path.lastIndexOf('/') + 1, -'.sql'.length)

const startOf = (file: string): Place => ({ file, line: 1, column: 1, length: 1 })

/** One model on its way: holds what the functions of the template have been told so far. */
class ModelParser {
  private readonly name: string
  private readonly module: Module | undefined
  private inFile: ModelConfig = {}
  private readonly refs = new Map<string, Reference>()
  private readonly sources = new Map<string, Reference & { table: string }>()
  private readonly variables = new Map<string, VariableValue>()
  private calls: readonly Call[] = []

  constructor(
    private readonly project: Project,
    private readonly dialect: Dialect,
    private readonly target: TargetName,
    private readonly engine: TemplateEngine,
    private readonly file: SourceFile,
  ) {
    this.name = modelName(file)
    this.module = [...project.modules.values()].find(module => file.path.startsWith(module.folder))
  }

  parse(): ParsedModel {
    const { file, name } = this
    const bad = identifierFault(name)
    if (bad) fail('bad-identifier', `the model name '${shorten(name)}' ${bad}`, { at: startOf(file.path) })
    if (file.text.trim() === '')
      fail('empty-model', `${file.path} is empty`, { at: startOf(file.path), hint: 'A model is one select.' })
    const ast = parseTemplate(file)
    const traps = findTraps(file, ast)
    if (traps.length > 0) throw new Faults(traps)
    this.calls = findCalls(file, ast)
    this.readReferences()
    const sql = this.render(true)
    const rebuildSql = this.calls.some(call => call.name === 'is_incremental') ? this.render(false) : sql
    const properties = this.properties()
    const declared = this.module?.definition.tables[name]
    const config = this.mergedConfig(properties, declared)
    const { replaces } = config
    if (replaces && !this.refs.has(replaces))
      this.refs.set(replaces, { name: replaces, at: startOf(file.path) })
    return {
      name,
      file: file.path,
      module: this.module,
      config,
      description: properties?.description ?? declared?.description,
      columns: declared?.columns ?? properties?.columns ?? [],
      refs: [...this.refs.values()],
      sources: [...this.sources.values()],
      sql,
      rebuildSql,
      variables: this.variables,
    }
  }

  /** The refs and sources that stand in the text, in branches that are not taken as well. */
  private readReferences(): void {
    for (const call of this.calls) {
      const [first, second] = call.arguments
      if (call.name === 'ref') {
        if (call.arguments.length !== 1 || first === undefined) {
          fail('bad-ref', "ref takes one name, written as text: ref('sessions_this_run')", { at: call.at })
        }
        this.refs.set(first, this.refs.get(first) ?? { name: first, at: call.at })
      } else if (call.name === 'source') {
        if (call.arguments.length !== 2 || first === undefined || second === undefined) {
          fail('bad-ref', "source takes a name and a table, written as text: source('atomic', 'events')", {
            at: call.at,
          })
        }
        this.sources.set(`${first}.${second}`, { name: first, table: second, at: call.at })
      }
    }
  }

  private render(incremental: boolean): string {
    const rendered = this.engine.render(this.file, this.scope(incremental)).trim()
    if (rendered === '')
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
        source: (...args) => this.source(args),
        var: (...args) => this.variable(args),
        config: (...args) => this.configure(args),
        is_incremental: () => incremental,
        literal: (...args) => this.literal(args),
      },
      values: { this: referenceHandle('this', this.name), target: { name: this.target.name } },
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

  private source(args: readonly unknown[]): unknown {
    const [name, table] = args
    if (typeof name !== 'string' || typeof table !== 'string') {
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
      fail('unknown-variable', `var was called with ${describeValue(name)} instead of a name`)
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
        hint: nearest(name, known).hint ?? 'Set it in seshat.yml: vars: {custom: {...}}.',
      })
    }
    this.variables.set(name, value)
    return value === null ? null : protectText(name, value)
  }

  private literal(args: readonly unknown[]): string {
    const values = Array.isArray(args[0]) ? args[0] : [args[0]]
    return values
      .map(value => {
        if (value instanceof UnsafeText) return this.dialect.literal(value.text)
        if (typeof value === 'string') return this.dialect.literal(value)
        if (typeof value === 'number' || typeof value === 'boolean') return String(value)
        if (value === null) return 'null'
        return fail('undefined-value', `literal was called with ${describeValue(value)}`)
      })
      .join(', ')
  }

  private configure(args: readonly unknown[]): string {
    const given = { ...(args[0] as Record<string, unknown> | undefined) }
    delete given['__keywords']
    this.inFile = parseConfig(given)
    return ''
  }

  private properties(): ModelProperties | undefined {
    for (const { properties } of this.project.properties) {
      const found = properties.models.find(entry => entry.name === this.name)
      if (found) return found
    }
    return undefined
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

function parseConfig(given: Record<string, unknown>): ModelConfig {
  const parsed = modelConfigSchema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Faults(
    parsed.error.issues.map(issue => {
      if (issue.code === 'unrecognized_keys') {
        const [key = ''] = issue.keys
        return error(
          'bad-config',
          `config has no key '${key}'`,
          nearest(key, Object.keys(modelConfigSchema.shape)),
        )
      }
      return error('bad-config', `config ${issue.path.join('.')}: ${issue.message}`)
    }),
  )
}

const describeValue = (value: unknown): string =>
  value === undefined ? 'an undefined name' : shorten(JSON.stringify(value) ?? String(value))

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)

/** A text that could end a literal or begin a comment: it reaches SQL through `literal(...)` or not at all. */
class UnsafeText {
  constructor(
    private readonly variable: string,
    readonly text: string,
  ) {}

  toString(): string {
    return fail(
      'unsafe-variable',
      `the value of '${this.variable}' holds characters that could change the SQL`,
      {
        hint: `Write {{ literal(var('${this.variable}')) }}, without quotes around it.`,
      },
    )
  }
}

function protectText(name: string, value: VariableValue): unknown {
  if (Array.isArray(value)) return value.map(item => protectText(name, item))
  if (typeof value !== 'string') return value
  const harmless = /^[\p{L}\p{N}_ .:,@/+=-]*$/u.test(value) && !value.includes('--') && !value.includes('/*')
  return harmless ? value : new UnsafeText(name, value)
}
