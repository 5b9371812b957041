// Renders nunjucks templates. One engine serves one adapter: it holds the macros and hands each call of `ref`, `var`
// and the others to the model that is being rendered. Rendering is synchronous and has no other inputs.

import nunjucks from 'nunjucks'
import { collectFaults } from './collect_faults.js'
import { type Diagnostic, error, Faults, fail, type Place } from './diagnostics.js'
import { type PlainTemplate, renderPlain } from './plain_template.js'
import { type SourceFile, startOf } from './source_file.js'
import { faultsOf, runtimeOf } from './template_runtime.js'
import { range, TemplateBudget } from './template_sandbox.js'
import { readTemplate, type TemplateText } from './template_text.js'
import type { Tracer } from './template_trace.js'

/** What the functions of a template do while one model is rendered. A Faults they throw gets the place of the call. */
export interface TemplateScope {
  readonly functions: Readonly<Record<TemplateFunction, (...args: readonly unknown[]) => unknown>>
  readonly values: Readonly<Record<TemplateValue, unknown>>
  /** Told of every macro that is called, through other macros too. */
  readonly macroCalled: (name: string) => void
  /** Told when anything depends on the adapter that is rendered for. */
  readonly adapterRead: () => void
}
const templateFunctions = [
  'ref',
  'previous',
  'limit',
  'source',
  'var',
  'config',
  'is_incremental',
  'literal',
] as const
const templateValues = ['this', 'target'] as const
type TemplateFunction = (typeof templateFunctions)[number]
type TemplateValue = (typeof templateValues)[number]

/** Names that templates have already; no macro can take one. */
const reserved: readonly string[] = [
  ...templateFunctions,
  ...templateValues,
  'adapter',
  'env_var',
  'caller',
  'loop',
]

export interface TemplateEngine {
  /** @throws Faults with the line and column of the fault in the file, or in that of the macro that it calls */
  render(file: SourceFile, scope: TemplateScope): string
  /** The macros there are, with the text that defines each. */
  readonly macros: ReadonlyMap<string, MacroText>
  /** Whether a file of macros reads the adapter before any model calls it. */
  readonly macrosReadAdapter: boolean
}

interface MacroText {
  readonly file: string
  readonly text: string
  /** Names of macros that its text calls by their own name. */
  readonly calls: readonly string[]
}

interface Macro extends MacroText {
  readonly value: unknown
  readonly at: Place
}

/**
 * @param macros files of macros; each macro is called by its plain name, from models and other macros
 * @param dispatch prefixes tried in turn by `adapter.dispatch('name')`, e.g. ['postgres', 'default']
 * @param tracer marks what is rendered with where it comes from
 * @throws Faults of the macro files: syntax, traps, `duplicate-macro`
 */
export function createTemplateEngine(
  macros: readonly SourceFile[],
  dispatch: readonly string[],
  tracer?: Tracer,
): TemplateEngine {
  // `dev` keeps the cause of an error, which is how a fault of ours comes through.
  const environment = new nunjucks.Environment(null, {
    autoescape: false,
    dev: true,
  } as nunjucks.ConfigureOptions)
  const stack: TemplateScope[] = []
  environment.addGlobal('range', range)
  environment.addFilter('trim', (text: unknown) => String(text ?? '').trim())
  let budget = new TemplateBudget()
  for (const name of templateFunctions) {
    environment.addGlobal(name, (...args: readonly unknown[]) => {
      const scope = stack.at(-1)
      if (!scope) fail('template-failed', `'${name}' can be called in models and inside macros only`)
      return scope.functions[name](...args)
    })
  }
  const known = new Map<string, Macro>()
  let macrosReadAdapter = false
  const noteRead = (): void => {
    const scope = stack.at(-1)
    if (scope) scope.adapterRead()
    else macrosReadAdapter = true
  }
  environment.addGlobal('adapter', {
    get name() {
      noteRead()
      return dispatch[0]
    },
    dispatch: (name: unknown) => {
      noteRead()
      const variants = dispatch.map(prefix => `${prefix}__${name}`)
      const found = variants.find(variant => known.has(variant))
      if (found) return known.get(found)?.value
      return fail('unknown-macro', `there is no macro ${variants.join(' or ')}`, {
        hint: 'Write one of them in macros/.',
      })
    },
  })
  const names = (): readonly string[] => [...known.keys(), ...templateFunctions]
  // Macros of one file call each other without passing by `value`, so what is called by name counts as called.
  const macroCalled = (name: string, seen = new Set<string>()): void => {
    if (seen.has(name)) return
    seen.add(name)
    stack.at(-1)?.macroCalled(name)
    for (const called of known.get(name)?.calls ?? []) macroCalled(called, seen)
  }
  const templateOf = (file: SourceFile, text: TemplateText): nunjucks.Template => {
    // Its types know of source texts only.
    if (text.traps.length > 0) throw new Faults(text.traps)
    budget = new TemplateBudget()
    const runtime = runtimeOf(file, names, () => budget)
    const code = { type: 'code', obj: text.code(tracer)(runtime) } as unknown as string
    return new nunjucks.Template(code, environment, file.path, true)
  }
  loadMacros(environment, macros, known, templateOf, macroCalled)
  /** The text of a plain template; undefined where it has a fault, for which the engine has the words. */
  const plainly = (file: SourceFile, plain: PlainTemplate, { values }: TemplateScope): string | undefined => {
    budget = new TemplateBudget()
    const runtime = runtimeOf(file, names, () => budget)
    const named: readonly Readonly<Record<string, unknown>>[] = [values, environment.globals]
    const valueNamed = (name: string): unknown => named.find(known => Object.hasOwn(known, name))?.[name]
    try {
      return renderPlain(plain, runtime, valueNamed)
    } catch (cause) {
      if (cause instanceof Faults) return undefined
      throw cause
    }
  }

  return {
    macros: known,
    macrosReadAdapter,
    render(file, scope) {
      const read = readTemplate(file)
      stack.push(scope)
      try {
        const plain = read.plain && !tracer ? plainly(file, read.plain, scope) : undefined
        if (plain !== undefined) return plain
        const text = templateOf(file, read).render({ ...scope.values })
        return tracer ? tracer.whole(file, text) : text
      } catch (cause) {
        throw faultsOf(cause, startOf(file.path))
      } finally {
        stack.pop()
      }
    },
  }
}

function loadMacros(
  environment: nunjucks.Environment,
  files: readonly SourceFile[],
  known: Map<string, Macro>,
  templateOf: (file: SourceFile, text: TemplateText) => nunjucks.Template,
  macroCalled: (name: string) => void,
): void {
  const faults: Diagnostic[] = []
  for (const file of files) {
    collectFaults(faults, () => {
      const template = readTemplate(file)
      const texts = macroTexts(file.text)
      for (const [name, exported] of Object.entries(exportsOf(file, templateOf(file, template)))) {
        const value = toldCalls(exported, () => macroCalled(name))
        const text = texts.get(name) ?? ''
        const calls = [...texts.keys()].filter(
          other => other !== name && new RegExp(`\\b${other}\\(`).test(text),
        )
        const macro = {
          value,
          at: template.macros.get(name) ?? startOf(file.path),
          file: file.path,
          text,
          calls,
        }
        const twin = known.get(name)
        if (twin || reserved.includes(name)) faults.push(takenName(name, macro, twin))
        else environment.addGlobal(name, value)
        known.set(name, macro)
      }
    })
  }
  if (faults.length > 0) throw new Faults(faults)
}

/** The texts of the macros in a file, from `{% macro name` to its end. */
const macroTexts = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/\{%-?\s*macro\s+(\w+)[\s\S]*?\{%-?\s*endmacro\s*-?%\}/g)].map(([whole, name = '']) => [
      name,
      whole,
    ]),
  )

function toldCalls(macro: unknown, tell: () => void): unknown {
  if (typeof macro !== 'function') return macro
  return function (this: unknown, ...args: readonly unknown[]): unknown {
    tell()
    return macro.apply(this, args)
  }
}

function takenName(name: string, { at }: Macro, twin: Macro | undefined): Diagnostic {
  if (!twin)
    return error('duplicate-macro', `a macro cannot be called '${name}': templates have that name already`, {
      at,
      hint: 'Rename the macro.',
    })
  return error('duplicate-macro', `the macro '${name}' is defined twice`, {
    at,
    related: [{ at: twin.at, message: 'the other one' }],
    hint: 'Rename one of them.',
  })
}

function exportsOf(file: SourceFile, template: nunjucks.Template): Record<string, unknown> {
  let names: Record<string, unknown> = {}
  template.getExported((failure, found) => {
    if (failure) throw faultsOf(failure, startOf(file.path))
    names = found ?? {}
  })
  return names
}
