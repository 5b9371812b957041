// Changes of nodes -> text for a terminal, markdown for a pull request, data for programs. The same on every machine.

import { createTwoFilesPatch } from 'diff'
import type { Cause } from './diff_causes.js'
import { type ChangeClass, changeClasses, type NodeChange } from './diff_states.js'

/** The two compiled files of a node for one adapter; undefined where a side has none. */
type TextsOf = (change: NodeChange) => {
  readonly base: string | undefined
  readonly head: string | undefined
}

export interface DiffInput {
  readonly base: string
  readonly adapters: readonly string[]
  readonly changes: readonly NodeChange[]
  readonly textsOf: TextsOf
}

/** What changed alike for several adapters, told once. */
interface Group {
  readonly changes: readonly [NodeChange, ...NodeChange[]]
}

function grouped(changes: readonly NodeChange[]): readonly Group[] {
  const groups = new Map<string, [NodeChange, ...NodeChange[]]>()
  for (const change of changes) {
    const { adapter: _, ...facts } = change
    const key = JSON.stringify(facts)
    const group = groups.get(key)
    if (group) group.push(change)
    else groups.set(key, [change])
  }
  return [...groups.values()].map(found => ({ changes: found }))
}

export interface DiffColors {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

export function diffText(input: DiffInput, colors: DiffColors): readonly string[] {
  const { changes, base, adapters } = input
  if (changes.length === 0) return [`No change against ${base} (${adapters.join(', ')}).`]
  const lines = grouped(changes).flatMap(({ changes: [first, ...more] }) => {
    const color = colorOf(first.class, colors)
    const where = adaptersOf([first, ...more], adapters)
    return [
      `${color(first.classes.join(', ').padEnd(12))} ${colors.bold(first.name)} ${changeWord(first)}${where === '' ? '' : colors.dim(` (${where})`)}`,
      ...detailsOf(first).map(line => `    ${line}`),
      ...patchOf(first, input).map(line => `    ${coloredLine(line, colors)}`),
      '',
    ]
  })
  return [`Changes against ${base}`, '', ...lines, totalsOf(changes)]
}

const colorOf = (kind: ChangeClass, { red, yellow, dim }: DiffColors): ((text: string) => string) =>
  kind === 'destructive' ? red : kind === 'cosmetic' ? dim : yellow

const coloredLine = (line: string, { red, green, dim }: DiffColors): string =>
  line.startsWith('+') ? green(line) : line.startsWith('-') ? red(line) : dim(line)

const changeWord = ({ change, moved }: NodeChange): string =>
  moved ? `${change}, runs at another place` : change

const adaptersOf = (changes: readonly NodeChange[], all: readonly string[]): string =>
  changes.length === all.length ? '' : `${changes.map(({ adapter }) => adapter).join(', ')} only`

function detailsOf({ causes, columns, config, downstream }: NodeChange): readonly string[] {
  const listed = (what: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${what}: ${names.join(', ')}`]
  return [
    ...listed('because of', causes.map(causeText)),
    ...listed('config', config),
    ...listed('columns added', columns.added),
    ...listed('columns removed', columns.removed),
    ...listed('columns of another type', columns.retyped),
    ...listed('downstream', downstream),
  ]
}

function causeText({ kind, name, file, renamed_from: from, renamed_to: to }: Cause): string {
  const renamed = from ? `, renamed from ${from}` : to ? `, renamed to ${to}` : ''
  return `${kind === 'file' ? '' : `${kind} `}${name}${file === undefined ? '' : ` in ${file}`}${renamed}`
}

function totalsOf(changes: readonly NodeChange[]): string {
  const nodes = (kind: ChangeClass): number =>
    new Set(changes.filter(change => change.class === kind).map(({ name }) => name)).size
  const counts = changeClasses.map(kind => [kind, nodes(kind)] as const).filter(([, count]) => count > 0)
  const all = new Set(changes.map(({ name }) => name)).size
  return `${all} ${all === 1 ? 'node' : 'nodes'} changed: ${counts.map(([kind, count]) => `${count} ${kind}`).join(', ')}`
}

/** The lines of a unified diff of its compiled file. */
function patchOf(change: NodeChange, { textsOf }: DiffInput): readonly string[] {
  const { base, head } = textsOf(change)
  if (base === undefined && head === undefined) return []
  const name = `${change.adapter}/${change.name}.sql`
  const patch = createTwoFilesPatch(name, name, base ?? '', head ?? '', undefined, undefined, { context: 2 })
  return patch
    .split('\n')
    .slice(2)
    .filter((line, index, all) => index < all.length - 1 || line !== '')
}

/** A summary table, then the diffs, folded. */
export function diffMarkdown(input: DiffInput): string {
  const { changes, base, adapters } = input
  if (changes.length === 0)
    return `No change of the SQL that runs against \`${base}\` (${adapters.join(', ')}).\n`
  const groups = grouped(changes)
  const rows = groups.map(({ changes: [first, ...more] }) => {
    const where = adaptersOf([first, ...more], adapters) || 'all'
    const why = first.causes.map(cause => `\`${causeText(cause)}\``).join(', ')
    return `| \`${first.name}\` | ${changeWord(first)} | ${first.classes.join(', ')} | ${where} | ${why} | ${first.downstream.length} |`
  })
  const folded = groups.map(({ changes: [first] }) => {
    const details = detailsOf(first).map(line => `- ${line}`)
    const patch = patchOf(first, input)
    const fence = '`'.repeat(Math.max(3, ...patch.map(line => (/`+/.exec(line)?.[0].length ?? 0) + 1)))
    return [
      `<details><summary><code>${first.name}</code>: ${first.class} (${first.adapter})</summary>`,
      '',
      ...details,
      '',
      `${fence}diff`,
      ...patch,
      fence,
      '',
      '</details>',
    ].join('\n')
  })
  return [
    `### The SQL that runs, against \`${base}\``,
    '',
    totalsOf(changes),
    '',
    '| node | change | class | adapters | because of | downstream |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    ...folded,
    '',
  ].join('\n')
}

export const diffJson = ({ base, adapters, changes }: DiffInput): string =>
  `${JSON.stringify({ version: 1, base, adapters, nodes: changes }, null, 2)}\n`
