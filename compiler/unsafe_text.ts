// Texts of variables on their way into SQL. One that could end a literal or begin a comment gets there through
// `literal(...)` or not at all.

import { fail } from './diagnostics.js'
import type { VariableValue } from './variable_declaration.js'

const texts = new WeakMap<object, string>()

/** What `var` gives to a template for a value: texts that could change the SQL are replaced by a stand-in. */
export function protectText(name: string, value: VariableValue): unknown {
  if (Array.isArray(value)) return value.map(item => protectText(name, item))
  if (typeof value !== 'string') return value
  const harmless = /^[\p{L}\p{N}_ .:,@/+=-]*$/u.test(value) && !value.includes('--') && !value.includes('/*')
  return harmless ? value : standIn(name, value)
}

/** The text behind a stand-in; undefined for every other value. */
export const protectedText = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? texts.get(value) : undefined

/** Can be handed on; whatever looks into it, to print, filter or compare it, fails. */
function standIn(name: string, text: string): object {
  const refuse = (): never =>
    fail('unsafe-variable', `the value of '${name}' holds characters that could change the SQL`, {
      hint: `Write {{ literal(var('${name}')) }}, without quotes around it.`,
    })
  const made = new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse })
  texts.set(made, text)
  return made
}
