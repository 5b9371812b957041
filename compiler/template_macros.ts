// The text of a file of macros -> the text of each macro in it, and the names that it calls. One pass over the text, whatever
// stands in it.

import { type Diagnostic, error, type Place } from './diagnostics.js'

export interface MacroText {
  readonly file: string
  readonly text: string
  /** Names of macros that its text calls by their own name. */
  readonly calls: readonly string[]
}

export interface Macro extends MacroText {
  readonly value: unknown
  readonly at: Place
}

/** By name, from `{% macro name` to the end of the next `{% endmacro %}`; of one that has no end there is no text. */
export function macroTexts(text: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  let open: { readonly name: string; readonly start: number } | undefined
  for (const { 0: tag, 1: name, index } of text.matchAll(/\{%-?\s*(?:macro\s+(\w+)|endmacro\s*-?%\})/g)) {
    if (name !== undefined) open ??= { name, start: index }
    else if (open) {
      texts.set(open.name, text.slice(open.start, index + tag.length))
      open = undefined
    }
  }
  return texts
}

/** The names that stand before an opening bracket, each once. */
export const callsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\b(\w+)\(/g)].map(([, name = '']) => name)),
]

/** The fault of a macro whose name is another's, or one that templates have already. */
export function takenName(name: string, { at }: Macro, twin: Macro | undefined): Diagnostic {
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
