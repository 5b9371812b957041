// What rendered templates call, compiled or plain: each call, filter and output is checked, counted against a budget, and what goes
// wrong in it becomes faults with a place in the file.

import { type Diagnostic, error, Faults, fail, type Place } from './diagnostics.js'
import { nearest } from './nearest.js'
import { lineOf, type SourceFile } from './source_file.js'
import type { Position, TemplateRuntime } from './template_compiler.js'
import { checkFilter, lookedUp, memberOf, type TemplateBudget } from './template_sandbox.js'
import { placeOfExpression } from './template_syntax.js'
import { unmarked } from './template_trace.js'

/** What the compiled template of `file` calls; gives every fault that comes up its place. */
export function runtimeOf(
  file: SourceFile,
  names: () => readonly string[],
  budget: () => TemplateBudget,
): TemplateRuntime {
  const placeOf = ([line, column]: Position): Place => placeOfExpression(file, line, column)
  const placed = <T>(at: Position, name: string, work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      throw faultsOf(cause, placeOf(at), name)
    }
  }
  return {
    call: (callee, name, self, args, at) =>
      placed(at, name, () => {
        if (typeof callee !== 'function') throw new Faults([notCallable(callee, name, names())])
        budget().step()
        for (const arg of args) budget().weigh(arg)
        return callee.apply(self, args) as unknown
      }),
    apply: (name, work, operands, at) =>
      placed(at, name, () => {
        checkFilter(name, operands, budget())
        return work(...operands)
      }),
    member: (target, key, at) => placed(at, String(key), () => memberOf(target, key, budget())),
    lookup: lookedUp,
    turn: at => placed(at, 'for', () => budget().step()),
    wrote: (letters, at) => placed(at, 'output', () => budget().write(letters)),
    print: (value, at) =>
      placed(at, 'output', () => {
        if (value === undefined || value === null)
          throw new Faults([nothingToPrint(file, value, placeOf(at))])
        if (typeof value === 'function')
          fail('template-failed', 'a function cannot be printed', {
            hint: 'Call it: add () behind its name.',
          })
        budget().weigh(value)
        const text = `${value}`
        budget().write(text.length)
        return text
      }),
    unmarked,
  }
}

const isSame = (a: Place, b: Place): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column

/** How many calls of macros a fault shows on its way to the model. */
const deepest = 4

/** The faults that `cause` stands for. One without a place gets `at`; one with a place gets `at` as the call that led to it. */
export function faultsOf(cause: unknown, at: Place, name?: string): Faults {
  const inner = (cause as { cause?: unknown }).cause ?? cause
  if (inner instanceof Faults) {
    const isCall = name !== undefined && name !== 'output'
    return new Faults(
      inner.diagnostics.map(fault => {
        if (!fault.at) return { ...fault, at }
        const related = fault.related ?? []
        const shown = [fault.at, ...related.map(other => other.at)].some(other => isSame(other, at))
        return isCall && !shown && related.length < deepest
          ? { ...fault, related: [...related, { at, message: 'called here' }] }
          : fault
      }),
    )
  }
  const { message } = inner as Error
  if (inner instanceof RangeError && message.includes('call stack')) {
    const hint = 'Give the macro an {% if %} that ends it.'
    return new Faults([error('template-failed', 'macros call each other without an end', { at, hint })])
  }
  const what = name ? `'${name}' cannot do this with what it was given` : 'the template cannot be rendered'
  return new Faults([error('template-failed', what, { at, cause: message })])
}

function notCallable(callee: unknown, name: string, known: readonly string[]): Diagnostic {
  if (name === 'env_var')
    return error('unknown-macro', 'env_var can be called in profiles.yml only', {
      hint: "Hand the value over as a variable: --vars and var('name').",
    })
  if (callee !== undefined && callee !== null)
    return error('unknown-macro', `'${name}' is no function here: something else has taken the name`, {
      hint: 'Rename what is {% set %} or handed over under this name.',
    })
  return error('unknown-macro', `there is no function or macro '${name}'`, {
    hint: nearest(name, known).hint ?? 'Macros are files in macros/, called by their plain name.',
  })
}

function nothingToPrint(file: SourceFile, value: undefined | null, at: Place): Diagnostic {
  const line = lineOf(file.text, at.line)
  const expression = line.slice(at.column - 1, at.column - 1 + at.length)
  const hint =
    value === null
      ? `For NULL in SQL, write {{ literal(${expression}) }}.`
      : "Give it a value with {% set %}, or read a variable with var('name')."
  return error('undefined-value', `{{ ${expression} }} is ${value}`, { at, hint })
}
