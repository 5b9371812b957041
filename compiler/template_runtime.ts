// What rendered templates call, compiled or plain: each call, filter and output is checked, counted against a budget, and what goes
// wrong in it becomes faults with a place in the file.

import { Faults, fail, type Place } from './diagnostics.js'
import { placeOfExpression } from './expression_place.js'
import type { SourceFile } from './source_file.js'
import type { Position, TemplateRuntime } from './template_compiler.js'
import { faultsOf, notCallable, nothingToPrint } from './template_faults.js'
import { checkFilter, lookedUp, memberOf, type TemplateBudget } from './template_sandbox.js'
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
        const result: unknown = callee.apply(self, args)
        budget().weigh(result)
        return result
      }),
    apply: (name, work, operands, at) =>
      placed(at, name, () => {
        checkFilter(name, operands, budget())
        const result = work(...operands)
        budget().weigh(result)
        return result
      }),
    member: (target, key, at) => placed(at, String(key), () => memberOf(target, key, budget())),
    operand: (value, isPart, at) =>
      placed(at, 'output', () => {
        if (isPart) budget().weighPart(value)
        else budget().weigh(value)
        return value
      }),
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
        if (typeof value === 'object' && text.includes('[object Object]'))
          fail('template-failed', 'a map cannot be printed', {
            hint: 'Print one of its values: {{ map.key }}.',
          })
        budget().write(text.length)
        return text
      }),
    unmarked,
  }
}
