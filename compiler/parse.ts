// SourceFile[] -> ParsedModel[]: renders every model once per adapter, with what it refers to and how it is configured.
// Relations stay open (compiler/reference.ts); nothing here knows of any other model.

import type { Dialect } from '../adapters/dialect.js'
import { collectFaults } from './collect_faults.js'
import { type RenderedAs, sharedConfig, withDeclaredTests } from './data_tests/parse_tests.js'
import { type DataTest, fileWords } from './data_tests/test_config.js'
import { type Diagnostic, Faults, fail, type Place, shorten } from './diagnostics.js'
import { mergedConfig } from './merged_config.js'
import { isDisabled, modelFaults } from './model_checks.js'
import type { Column, ModelConfig } from './model_config.js'
import type { Module } from './module.js'
import { type KeptModels, ParsedModels } from './parsed_models.js'
import type { Project } from './project.js'
import { ownValue } from './records.js'
import { identifierFault } from './relation.js'
import type { ModelProperties } from './settings.js'
import { baseName, type SourceFile, startOf } from './source_file.js'
import { isBlank } from './sql_tokens.js'
import { createTemplateEngine, type TemplateEngine } from './template_engine.js'
import { type Reference, type TargetName, TemplateFunctions } from './template_functions.js'
import type { Call } from './template_syntax.js'
import { readTemplate } from './template_text.js'
import type { Tracer } from './template_trace.js'
import type { VariableValue } from './variable_declaration.js'
import type { Variables } from './variables.js'

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
  /** Whether any of it depends on the adapter or on the name of the target. */
  readonly readsTarget: boolean
}

export interface ParsedProject {
  readonly models: readonly ParsedModel[]
  readonly macros: TemplateEngine['macros']
}

/**
 * @param tracer marks what is rendered with where it comes from
 * @param kept models that are parsed already; those of this process by default
 * @throws Faults: all faults of all models and macros
 */
export function parseModels(
  project: Project,
  dialect: Dialect,
  target: TargetName,
  tracer?: Tracer,
  kept?: KeptModels,
): ParsedProject {
  const engine = createTemplateEngine(project.macros, dialect.dispatch, tracer)
  const context = { project, dialect, target, engine }
  const faults: Diagnostic[] = []
  const models: ParsedModel[] = []
  const properties = propertiesByModel(project)
  const known = new ParsedModels(project, dialect, target, kept)
  for (const file of project.models) {
    const own = properties.get(baseName(file))
    const parse = (): ParsedModel => parseModel(context, file, own)
    const model = collectFaults(faults, () => (tracer ? parse() : known.model(file, own, parse)))
    if (model) models.push(model)
  }
  const render = (template: SourceFile, as: RenderedAs): ParsedModel =>
    parseModel(context, template, undefined, as)
  const all = withDeclaredTests(project, models, render, faults)
  faults.push(...modelFaults(project, all))
  if (faults.length > 0) throw new Faults(faults)
  return { models: all.filter(model => !isDisabled(model)), macros: engine.macros }
}

/** Renders one model of a project after another, for other values of its variables too. */
export function modelParser(
  project: Project,
  dialect: Dialect,
  target: TargetName,
): (file: SourceFile, variables: Variables) => ParsedModel {
  const engine = createTemplateEngine(project.macros, dialect.dispatch)
  const properties = propertiesByModel(project)
  return (file, variables) =>
    parseModel(
      { project: { ...project, variables }, dialect, target, engine },
      file,
      properties.get(baseName(file)),
    )
}

/** What the YAML files say of each model; of two entries for one model, which is a fault, the first. */
const propertiesByModel = ({ properties: files }: Project): ReadonlyMap<string, ModelProperties> =>
  new Map(
    files.flatMap(({ properties }) => properties.models.map(entry => [entry.name, entry] as const)).reverse(),
  )

/** What is the same for all models of a project. */
interface ParseContext {
  readonly project: Project
  readonly dialect: Dialect
  readonly target: TargetName
  readonly engine: TemplateEngine
}

/**
 * @param as what a template is that is no file: a data test of YAML
 * @throws Faults: all faults of the model that can be told at once
 */
function parseModel(
  context: ParseContext,
  file: SourceFile,
  properties: ModelProperties | undefined,
  as?: RenderedAs,
): ParsedModel {
  const name = as?.name ?? baseName(file)
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
  const parser = new ModelParser(context, file, properties, calls, as)
  const faults = [...traps, ...parser.functions.readReferences()]
  if (faults.length > 0) throw new Faults(faults)
  return parser.parse()
}

/** One model on its way: its template, and the functions that note what they are told. */
class ModelParser {
  readonly functions: TemplateFunctions
  private readonly name: string
  private readonly module: Module | undefined

  constructor(
    private readonly context: ParseContext,
    private readonly file: SourceFile,
    private readonly properties: ModelProperties | undefined,
    private readonly calls: readonly Call[],
    private readonly as: RenderedAs | undefined,
  ) {
    const { modules } = context.project
    this.name = as?.name ?? baseName(file)
    this.module = as ? as.module : [...modules.values()].find(module => file.path.startsWith(module.folder))
    const { name, module, isTest } = this
    this.functions = new TemplateFunctions(context, { file, name, module, isTest, calls })
  }

  /** In the folder tests of the project or of a module, or declared in YAML. */
  private get isTest(): boolean {
    return this.as !== undefined || this.file.path.startsWith(`${this.module?.folder ?? ''}tests/`)
  }

  parse(): ParsedModel {
    const { file, name, module, properties, functions } = this
    const sql = this.render(true)
    const rebuildSql = this.calls.some(call => call.name === 'is_incremental') ? this.render(false) : sql
    const declared = ownValue(module?.definition.tables, name)
    const test = this.isTest ? (this.as?.test ?? { config: functions.test, words: fileWords }) : undefined
    const config = test ? sharedConfig(test) : this.modelConfig(declared)
    const { replaces } = config
    const configAt = this.calls.find(call => call.name === 'config')?.at ?? startOf(file.path)
    if (replaces) functions.note(replaces, configAt)
    return {
      name,
      file: file.path,
      module,
      test,
      config,
      configAt,
      description: properties?.description ?? declared?.description,
      columns: declared?.columns ?? properties?.columns ?? [],
      refs: [...functions.refs.values()],
      sources: [...functions.sources.values()],
      previous: [...functions.previousTables.values()],
      sql,
      rebuildSql,
      variables: functions.variables,
      macros: [...functions.macros].sort(),
      readsTarget: functions.readsTarget || this.context.engine.macrosReadAdapter,
    }
  }

  private modelConfig(declared: ModelConfig | undefined): ModelConfig {
    const { file, module, properties, functions } = this
    const merged = mergedConfig(this.context.project, file, module, {
      beside: properties?.config,
      declared,
      inFile: functions.config,
    })
    return this.withoutOutlivingLimits(this.withRenderedHooks(merged))
  }

  /** A view would read its limits from the session of whoever reads it: a module's is a table of the run instead. */
  private withoutOutlivingLimits(config: ModelConfig): ModelConfig {
    const isView = (config.materialized ?? (this.module ? 'scratch' : 'view')) === 'view'
    if (!isView || !this.functions.readsLimit) return config
    this.functions.readsTarget = true
    if (!this.module)
      fail('bad-ref', `'${this.name}' is a view, and limit is for tables`, {
        at: this.calls.find(({ name }) => name === 'limit')?.at ?? startOf(this.file.path),
        hint: 'Read the limit with ref, or configure another materialization.',
      })
    return this.context.dialect.sessionVariables ? { ...config, materialized: 'scratch' } : config
  }

  /** Hooks are templates of their own: `analyze {{ this }}`. */
  private withRenderedHooks(config: ModelConfig): ModelConfig {
    const rendered = (when: 'pre_hook' | 'post_hook'): Partial<ModelConfig> => {
      const hooks = config[when]?.map((text, index) => {
        const path = `${this.file.path} (${when} ${index + 1})`
        return this.context.engine.render({ path, text }, this.functions.scope(true))
      })
      return hooks ? { [when]: hooks } : {}
    }
    return { ...config, ...rendered('pre_hook'), ...rendered('post_hook') }
  }

  private render(incremental: boolean): string {
    const rendered = this.context.engine.render(this.file, this.functions.scope(incremental)).trim()
    const sql = rendered.endsWith(';') ? rendered.slice(0, -1).trimEnd() : rendered
    if (isBlank(sql))
      fail('empty-model', `${this.file.path} renders to nothing`, {
        at: startOf(this.file.path),
        hint: 'A model is one select.',
      })
    return sql
  }
}
