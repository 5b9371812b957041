// Pieces of Markdown that the reference pages are made of.

/** A page that says where it comes from. */
export const page = (title: string, ...parts: readonly string[]): string =>
  `${[`# ${title}`, '<!-- Written by npm run reference, from the code. -->', ...parts].join('\n\n')}\n`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(cell).join(' | ')} |`).join('\n')

const cell = (text: string): string => prose(text.replaceAll('|', '\\|').replaceAll('\n', ' '))

/** Text in which `<` is no tag, but for what stands in backticks. */
export const prose = (text: string): string =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part))
    .join('`')

export const code = (text: string): string => `\`${text}\``
