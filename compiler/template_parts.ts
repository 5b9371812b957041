// A text -> the parts of a template in it, from opening to closing braces. One pass, also over a text in which none is closed.

interface TemplatePart {
  readonly index: number
  readonly text: string
}

const closing: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' }

/** @param kinds the characters behind the first brace that count */
export function templateParts(text: string, kinds: '{' | '{%' | '{%#'): readonly TemplatePart[] {
  const parts: TemplatePart[] = []
  const unclosed = new Set<string>()
  const opening = new RegExp(`\\{[${kinds}]`, 'g')
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const [open] = found
    if (unclosed.has(open)) continue
    const end = text.indexOf(closing[open] ?? '', opening.lastIndex)
    if (end === -1) unclosed.add(open)
    else {
      opening.lastIndex = end + 2
      parts.push({ index: found.index, text: text.slice(found.index, end + 2) })
    }
  }
  return parts
}
