// A place in a statement -> the place in the file that was written, for a diagnostic.

import { templateOfTest } from '../data_tests/parse_tests.js'
import type { Diagnostic, Place } from '../diagnostics.js'
import type { ParsedModel } from '../parse.js'
import { placeAt, startOf } from '../source_file.js'
import type { MarkedText, Origin } from './marked_text.js'
import type { CompiledPlan, Pick, Traces } from './traces.js'

export class StatementPlaces {
  constructor(
    private readonly compiled: CompiledPlan,
    private readonly traces: Traces,
  ) {}

  /**
   * @param position what is wrong in `sql`
   * @param pick finds the statement in a compiled project
   * @param model what the statement was made for: it is pointed at where nothing nearer is known
   */
  placed(
    diagnostic: Diagnostic,
    sql: string,
    position: { readonly offset: number; readonly length: number } | undefined,
    pick: Pick,
    model: ParsedModel | undefined,
  ): Diagnostic {
    const text = position && this.traces.of(sql, pick)
    const origin =
      text && (text.origin(position.offset, position.length) ?? lastBefore(text, position.offset))
    if (!origin) return model ? { ...diagnostic, at: model.configAt } : diagnostic
    return { ...diagnostic, ...this.located(diagnostic.code, origin) }
  }

  private located(code: string, { at, call, file }: Origin): Located {
    const test = templateOfTest.exec(file.path)?.[1]
    if (test !== undefined) return { at: this.configOf(({ name }) => name === test, file.path) }
    const hook = / \((?:pre|post)_hook \d+\)$/
    if (hook.test(file.path)) {
      const path = file.path.replace(hook, '')
      return { at: this.configOf(model => model.file === path, path) }
    }
    if (!call) return { at }
    // What does not fit together in a macro was handed to it most likely.
    return code === 'type-mismatch'
      ? { at: call, related: [{ at, message: 'in this macro' }] }
      : { at, related: [{ at: call, message: 'called here' }] }
  }

  private configOf(isModel: (model: ParsedModel) => boolean, file: string): Place {
    return this.compiled.models.find(isModel)?.configAt ?? startOf(file)
  }
}

type Located = Partial<Diagnostic> & { readonly at: Place }

/** A text that ends too early is found wrong behind its end: the last place before that a person has written. */
function lastBefore(text: MarkedText, offset: number): Origin | undefined {
  const before = text.sql.slice(0, offset)
  for (const found of [...before.matchAll(/\S+/g)].reverse().slice(0, 6)) {
    const origin = text.origin(found.index, found[0].length)
    if (origin)
      return { ...origin, at: placeAt(origin.file.path, origin.file.text, origin.offset, found[0].length) }
  }
  return undefined
}
