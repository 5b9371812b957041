// A playbook file of SQL-Runner -> YAML that has the same lines. The files are templates of Go: their `{{...}}` are taken out,
// each replaced by a word that remembers it, since what they stand for is known only when SQL-Runner runs.

import { placeAt } from '../source_file.js'
import { templateParts } from '../template_parts.js'

/** One `{{...}}` of a playbook. */
export interface TemplatePart {
  readonly line: number
  readonly text: string
}

export interface PlaybookText {
  /** The same lines, without templates. */
  readonly yaml: string
  /** By the word that stands for it. */
  readonly values: ReadonlyMap<string, TemplatePart>
  /** `if`, `range` and `with`: the lines they enclose may or may not have counted. */
  readonly conditions: readonly TemplatePart[]
}

const control = /^\{\{-?\s*(if|else|end|range|with|define|template|block|\/\*)/
const condition = /^\{\{-?\s*(if|range|with)\b/
const word = (index: number): string => `seshat_template_${index}`

export function readPlaybookText(text: string): PlaybookText {
  const values = new Map<string, TemplatePart>()
  const conditions: TemplatePart[] = []
  let yaml = ''
  let done = 0
  for (const { index, text: part } of templateParts(text, '{')) {
    const at = { line: placeAt('', text, index, 1).line, text: part }
    yaml += text.slice(done, index)
    done = index + part.length
    if (control.test(part)) {
      if (condition.test(part)) conditions.push(at)
    } else {
      const name = word(values.size)
      values.set(name, at)
      yaml += name
    }
    yaml += '\n'.repeat(part.split('\n').length - 1)
  }
  return { yaml: yaml + text.slice(done), values, conditions }
}

/** The templates that a value holds. */
export const templatesIn = (value: unknown, { values }: PlaybookText): readonly TemplatePart[] => {
  const words = JSON.stringify(value ?? null).match(/seshat_template_\d+/g) ?? []
  return words.flatMap(name => values.get(name) ?? [])
}
