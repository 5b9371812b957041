// Renders nunjucks templates. One engine serves one adapter: it holds the macros and hands each call of `ref`, `var`
// and the others to the model that is being rendered. Rendering is synchronous and has no other inputs.

import nunjucks from 'nunjucks'
import { type Diagnostic, error, Faults, type Place } from './diagnostics.js'
import { nearest } from './nearest.js'
import type { SourceFile } from './source_file.js'
import { findTraps, parseTemplate } from './template_checks.js'

/** What the functions of a template do while one model is rendered. A Faults they throw gets the place of the call. */
export interface TemplateScope {
  readonly functions: Readonly<Record<TemplateFunction, (...args: readonly unknown[]) => unknown>>
  readonly values: Readonly<Record<TemplateValue, unknown>>
}
const templateFunctions = ['ref', 'source', 'var', 'config', 'is_incremental', 'literal'] as const
const templateValues = ['this', 'target'] as const
type TemplateFunction = (typeof templateFunctions)[number]
type TemplateValue = (typeof templateValues)[number]

export interface TemplateEngine {
  /** @throws Faults with the line and column of the fault in the file */
  render(file: SourceFile, scope: TemplateScope): string
  readonly macroNames: readonly string[]
}

/**
 * @param macros files of macros; each macro is called by its plain name, from models and other macros
 * @param dispatch prefixes tried in turn by `adapter.dispatch('name')`, e.g. ['postgres', 'default']
 * @throws Faults of the macro files: syntax, traps, `duplicate-macro`
 */
export function createTemplateEngine(
  macros: readonly SourceFile[],
  dispatch: readonly string[],
): TemplateEngine {
  const environment = new nunjucks.Environment(null, {
    autoescape: false,
    throwOnUndefined: true,
    dev: true,
  } as nunjucks.ConfigureOptions)
  const stack: TemplateScope[] = []
  let pending: Faults | undefined

  const scope = (): TemplateScope => {
    const current = stack.at(-1)
    if (!current) throw new Error('a template function was called outside of a template')
    return current
  }
  for (const name of templateFunctions) {
    environment.addGlobal(name, (...args: readonly unknown[]) => {
      try {
        return scope().functions[name](...args)
      } catch (cause) {
        if (cause instanceof Faults) pending = cause
        throw cause
      }
    })
  }
  const exported = new Map<string, { readonly value: unknown; readonly file: string }>()
  environment.addGlobal('adapter', {
    name: dispatch[0],
    dispatch: (name: string) => {
      const found = dispatch
        .map(prefix => exported.get(`${prefix}__${name}`))
        .find(macro => macro !== undefined)
      if (found) return found.value
      pending = new Faults([
        error('unknown-macro', `no macro ${dispatch.map(prefix => `${prefix}__${name}`).join(' or ')}`, {
          hint: 'Write one of them in macros/.',
        }),
      ])
      throw pending
    },
  })
  loadMacros(environment, macros, exported)

  const templates = new Map<string, nunjucks.Template>()
  const templateOf = (file: SourceFile): nunjucks.Template => {
    const known = templates.get(file.path)
    if (known) return known
    const template = new nunjucks.Template(file.text, environment, file.path, true)
    templates.set(file.path, template)
    return template
  }
  return {
    macroNames: [...exported.keys()].sort(),
    render(file, templateScope) {
      stack.push(templateScope)
      pending = undefined
      try {
        return templateOf(file).render({ ...templateScope.values })
      } catch (cause) {
        throw locate(file, cause, pending, [...exported.keys(), ...templateFunctions])
      } finally {
        stack.pop()
      }
    },
  }
}

function loadMacros(
  environment: nunjucks.Environment,
  files: readonly SourceFile[],
  exported: Map<string, { readonly value: unknown; readonly file: string }>,
): void {
  const faults: Diagnostic[] = []
  for (const file of files) {
    try {
      faults.push(...findTraps(file, parseTemplate(file)))
      const names = exportsOf(new nunjucks.Template(file.text, environment, file.path, true))
      for (const [name, value] of Object.entries(names)) {
        const twin = exported.get(name)
        if (twin) faults.push(duplicateMacro(name, file.path, twin.file))
        exported.set(name, { value, file: file.path })
        environment.addGlobal(name, value)
      }
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      faults.push(...cause.diagnostics)
    }
  }
  if (faults.length > 0) throw new Faults(faults)
}

function duplicateMacro(name: string, file: string, other: string): Diagnostic {
  const start = (path: string): Place => ({ file: path, line: 1, column: 1, length: 1 })
  return error('duplicate-macro', `the macro '${name}' is defined twice`, {
    at: start(file),
    related: [{ at: start(other), message: 'the other one' }],
    hint: 'Rename one of them.',
  })
}

function exportsOf(template: nunjucks.Template): Record<string, unknown> {
  let names: Record<string, unknown> = {}
  template.getExported((failure, found) => {
    if (failure) throw failure
    names = found ?? {}
  })
  return names
}

/** Gives a fault of rendering its place. Lines of errors that nunjucks wraps are one too low, those of its own are not. */
function locate(
  file: SourceFile,
  cause: unknown,
  pending: Faults | undefined,
  known: readonly string[],
): Faults {
  const fault = cause as Error & { lineno?: number; colno?: number; cause?: Error }
  const shift = fault.cause ? 1 : 0
  const line = Math.max(1, (fault.lineno ?? 0) + shift)
  const at: Place = { file: file.path, line, column: Math.max(1, (fault.colno ?? 0) + shift), length: 1 }
  if (pending) return new Faults(pending.diagnostics.map(d => (d.at ? d : { ...d, at })))
  const message = (fault.cause?.message ?? fault.message)
    .replace(/^\(.*\)( \[Line \d+, Column \d+\])?\s*/, '')
    .trim()
  const missing = /^Unable to call `([^`]*)`/.exec(message)?.[1]
  if (missing) {
    const hint = nearest(missing, known).hint ?? 'Macros are files in macros/.'
    return new Faults([error('unknown-macro', `there is no function or macro '${missing}'`, { at, hint })])
  }
  if (message.includes('null or undefined')) {
    const hint =
      "Give it with {% set %}, or read a variable with var('name'). NULL in SQL is written as text: null."
    return new Faults([error('undefined-value', 'this name or value is undefined or null', { at, hint })])
  }
  return new Faults([error('template-failed', message, { at })])
}
