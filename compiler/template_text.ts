// SourceFile -> what the text of a template says by itself, whatever it is rendered for: its calls, its traps, the macros
// it defines, its code. Each text is parsed and compiled once in a process, for all adapters and for both sides of a
// comparison.

import type { Diagnostic, Place } from './diagnostics.js'
import { type BuiltTemplate, builtTemplate } from './package_data.js'
import { type PlainTemplate, readPlainTemplate } from './plain_template.js'
import type { SourceFile } from './source_file.js'
import { findTraps } from './template_checks.js'
import { compileTemplate, type MakeTemplate, madeOf } from './template_compiler.js'
import { type Call, findCalls, findMacros, nodesOf, parseTemplate } from './template_syntax.js'
import type { Tracer } from './template_trace.js'

export interface TemplateText {
  readonly calls: readonly Call[]
  readonly traps: readonly Diagnostic[]
  /** Where the name of each macro stands that it defines. */
  readonly macros: ReadonlyMap<string, Place>
  /** Its pieces, where it can be rendered without its code. */
  readonly plain: PlainTemplate | undefined
  /**
   * @param tracer marks what is rendered with where it comes from; such code serves one tracer, so it is compiled anew
   * @throws Faults `template-syntax`: what only the compiler finds
   */
  code(tracer?: Tracer): MakeTemplate
}

/**
 * The last of each path, since places name it. What is kept follows from path and text alone, so it can never be stale; of the two
 * sides of a comparison most files have the same text.
 */
const known = new Map<string, { readonly text: string; readonly template: TemplateText }>()

/** @throws Faults `template-syntax` */
export function readTemplate(file: SourceFile): TemplateText {
  const found = known.get(file.path)
  if (found?.text === file.text) return found.template
  const template = parse(file)
  known.set(file.path, { text: file.text, template })
  return template
}

function parse(file: SourceFile): TemplateText {
  const built = builtTemplate(file)
  if (built) return builtText(file, built)
  const plain = readPlainTemplate(file)
  return plain ? plainText(file, plain) : parsedText(file)
}

/** One of the package's own, which the build has compiled; it has no traps, else no test of the package would pass. */
function builtText(file: SourceFile, { calls, macros, code }: BuiltTemplate): TemplateText {
  const made = once(() => madeOf(code))
  return {
    plain: undefined,
    calls,
    traps: [],
    macros: new Map(macros),
    code: tracer => (tracer ? compileTemplate(file, parseTemplate(file), tracer) : made()),
  }
}

/** The syntax tree of a plain template is needed only for its marks, and for the words of a fault. */
function plainText(file: SourceFile, plain: PlainTemplate): TemplateText {
  return {
    plain,
    calls: plain.calls,
    traps: [],
    macros: new Map(),
    code: tracer => compileTemplate(file, parseTemplate(file), tracer),
  }
}

/** What the tree of any template says. */
export function parsedText(file: SourceFile): TemplateText {
  const ast = parseTemplate(file)
  const nodes = nodesOf(ast)
  const plainCode = once(() => compileTemplate(file, ast))
  return {
    plain: undefined,
    calls: findCalls(file, nodes),
    traps: findTraps(file, nodes),
    macros: findMacros(file, nodes),
    code: tracer => (tracer ? compileTemplate(file, parseTemplate(file), tracer) : plainCode()),
  }
}

/** Does work when its outcome is first asked for, and lets go of what the work needed. */
function once<T>(work: () => T): () => T {
  let state: { readonly work: () => T } | { readonly outcome: T } = { work }
  return () => {
    if ('work' in state) state = { outcome: state.work() }
    return state.outcome
  }
}
