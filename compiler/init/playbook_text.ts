// A playbook file of SQL-Runner -> YAML that has the same lines. The files are templates of Go: their `{{...}}` are taken out,
// each replaced by a word that remembers it, since what they stand for is known only when SQL-Runner runs.

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
  const yaml = text.replace(/\{\{[\s\S]*?\}\}/g, (part, offset: number) => {
    const at = { line: text.slice(0, offset).split('\n').length, text: part }
    const breaks = '\n'.repeat(part.split('\n').length - 1)
    if (control.test(part)) {
      if (condition.test(part)) conditions.push(at)
      return breaks
    }
    const name = word(values.size)
    values.set(name, at)
    return name + breaks
  })
  return { yaml, values, conditions }
}

/** The templates that a value holds. */
export const templatesIn = (value: unknown, { values }: PlaybookText): readonly TemplatePart[] => {
  const words = JSON.stringify(value ?? null).match(/seshat_template_\d+/g) ?? []
  return words.flatMap(name => values.get(name) ?? [])
}
