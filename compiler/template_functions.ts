// The functions that a model's template can call (`ref`, `source`, `var`, `config` and others), and a note of what each was
// told: that is what the model refers to, and how it configures itself.

import type { Dialect } from '../adapters/dialect.js'
import { mergeTestConfigs, parseTestConfig, type TestConfig } from './data_tests/test_config.js'
import { type Diagnostic, error, fail, type Place, shorten } from './diagnostics.js'
import { type ModelConfig, parseConfig } from './model_config.js'
import type { Module } from './module.js'
import { nearest } from './nearest.js'
import type { Project } from './project.js'
import { referenceHandle } from './reference.js'
import { identifierFault } from './relation.js'
import { type SourceFile, startOf } from './source_file.js'
import type { TemplateScope } from './template_engine.js'
import type { Call } from './template_syntax.js'
import { protectedText, protectText } from './unsafe_text.js'
import type { VariableValue } from './variable_declaration.js'

export interface Reference {
  readonly name: string
  readonly at: Place
}

/** What a template sees as `target`; no fact of a connection. */
export interface TargetName {
  readonly name: string
}

interface FunctionsContext {
  readonly project: Project
  readonly dialect: Dialect
  readonly target: TargetName
}

interface RenderedTemplate {
  readonly file: SourceFile
  readonly name: string
  readonly module: Module | undefined
  readonly isTest: boolean
  readonly calls: readonly Call[]
}

/** Of one model; what it has noted is whole when its templates have been rendered. */
export class TemplateFunctions {
  readonly refs = new Map<string, Reference>()
  readonly sources = new Map<string, Reference & { table: string }>()
  readonly previousTables = new Map<string, Reference>()
  readonly variables = new Map<string, VariableValue>()
  readonly macros = new Set<string>()
  /** What the model's own calls of `config` say. */
  config: ModelConfig = {}
  readsLimit = false
  /** Whether any of it depends on the adapter or on the name of the target. */
  readsTarget = false

  /** What they say of a data test. */
  test: TestConfig = {}

  constructor(
    private readonly context: FunctionsContext,
    private readonly template: RenderedTemplate,
  ) {}

  /** Notes a ref; of two of one name the first place counts. */
  note(name: string, at: Place): void {
    if (!this.refs.has(name)) this.refs.set(name, { name, at })
  }

  /**
   * Notes the refs and sources that stand in the text, in branches that are not taken as well.
   * @returns faults: `bad-ref`, `bad-identifier`
   */
  readReferences(): readonly Diagnostic[] {
    return this.template.calls.flatMap(({ name, arguments: given, at }): readonly Diagnostic[] => {
      const [first, second] = given
      if (name === 'ref') {
        if (given.length !== 1 || first === undefined)
          return [error('bad-ref', "ref takes one name in quotes: ref('sessions_this_run')", { at })]
        this.note(first, at)
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

  /** What a template of the model sees; `incremental` is what `is_incremental()` says. */
  scope(incremental: boolean): TemplateScope {
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
      values: { this: referenceHandle('this', this.template.name), target: this.targetHandle() },
      macroCalled: name => this.macros.add(name),
      adapterRead: () => {
        this.readsTarget = true
      },
    }
  }

  private targetHandle(): TargetName {
    const noteRead = (): void => {
      this.readsTarget = true
    }
    const { name } = this.context.target
    return {
      get name() {
        noteRead()
        return name
      },
    }
  }

  private ref(args: readonly unknown[]): unknown {
    const [name] = args
    if (typeof name !== 'string') {
      fail('bad-ref', `ref was called with ${describeValue(name)} instead of a name`, {
        hint: "Put the name in quotes: ref('sessions').",
      })
    }
    this.note(name, startOf(this.template.file.path))
    return referenceHandle('ref', name)
  }

  private previous(args: readonly unknown[]): unknown {
    const [name] = args
    if (typeof name !== 'string') {
      fail('bad-ref', `previous was called with ${describeValue(name)} instead of a name`, {
        hint: "Put the name in quotes: previous('sessions').",
      })
    }
    const call = this.template.calls.find(
      ({ name: called, arguments: [first] }) => called === 'previous' && first === name,
    )
    this.previousTables.set(name, { name, at: call?.at ?? startOf(this.template.file.path) })
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
    if (!this.sources.has(key)) this.sources.set(key, { name, table, at: startOf(this.template.file.path) })
    return referenceHandle('source', key)
  }

  private variable(args: readonly unknown[]): unknown {
    const [name, ...rest] = args
    if (typeof name !== 'string')
      fail('unknown-variable', `var was called with ${describeValue(name)} instead of a name`, {
        hint: "Put the name in quotes: var('start_date').",
      })
    const known = this.context.project.variables.names(this.template.module?.name)
    const set = this.context.project.variables.value(this.template.module?.name, name)
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
    this.readsTarget = true
    const values = Array.isArray(args[0]) ? args[0] : [args[0]]
    return values
      .map(value => {
        const text = typeof value === 'string' ? value : protectedText(value)
        if (text !== undefined) return this.context.dialect.literal(text)
        if (typeof value === 'number' || typeof value === 'boolean') return String(value)
        if (value === null) return 'null'
        return fail('undefined-value', `literal was called with ${describeValue(value)}`, {
          hint: "It takes a text, a number, true, false, null or a list of these: literal(var('name')).",
        })
      })
      .join(', ')
  }

  private configure(args: readonly unknown[]): string {
    if (this.template.isTest) this.test = mergeTestConfigs(this.test, parseTestConfig(args))
    else this.config = { ...this.config, ...parseConfig(args) }
    return ''
  }
}

const describeValue = (value: unknown): string =>
  value === undefined ? 'an undefined name' : shorten(JSON.stringify(value) ?? String(value))
