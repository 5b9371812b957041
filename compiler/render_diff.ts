// Changes of nodes -> text for a terminal, markdown for a pull request, data for programs. The same on every machine.

import { createTwoFilesPatch } from 'diff'
import type { Cause } from './diff_causes.js'
import { type ChangeClass, changeClasses, type NodeChange } from './diff_states.js'
import { escapeHtml } from './picture/html.js'
import { printable, printableLine } from './printable_text.js'

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
      `${color(first.classes.join(', ').padEnd(12))} ${colors.bold(printableLine(first.name))} ${changeWord(first)}${where === '' ? '' : colors.dim(` (${where})`)}`,
      ...detailsOf(first, printableLine).map(line => `    ${line}`),
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

/** @param shown what a name, of a file or a column perhaps, becomes where it is read */
function detailsOf(
  { causes, columns, config, downstream }: NodeChange,
  shown: (name: string) => string,
): readonly string[] {
  const listed = (what: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${what}: ${names.map(shown).join(', ')}`]
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
  if (base === head) return []
  const name = `${change.adapter}/${change.name}.sql`
  const patch = createTwoFilesPatch(name, name, base ?? '', head ?? '', undefined, undefined, { context: 2 })
  return patch
    .split('\n')
    .slice(2)
    .map(printable)
    .filter((line, index, all) => index < all.length - 1 || line !== '')
}

/** GitHub takes comments of 65,536 characters; what stands around the diff in a review has the rest. */
const longestMarkdown = 60_000
const longestTable = 30_000

/** A summary table, then the diffs, folded, as many as a comment holds; says what it leaves out. */
export function diffMarkdown(input: DiffInput): string {
  const { changes, base, adapters } = input
  if (changes.length === 0)
    return `No change of the SQL that runs against ${inlineCode(base)} (${adapters.join(', ')}).\n`
  const groups = grouped(changes).toSorted((a, b) => harmOf(b) - harmOf(a))
  const rows = fitting(groups, group => rowOf(group, adapters), longestTable)
  const head = [
    `### The SQL that runs, against ${inlineCode(base)}`,
    '',
    totalsOf(changes),
    '',
    '| node | change | class | adapters | because of | downstream |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
  const folded = fitting(groups, group => foldedOf(group, input), longestMarkdown - head.length)
  const cut = (left: number, what: string): readonly string[] =>
    left === 0 ? [] : [`${left} more ${what} left out here: they do not fit into a comment.`, '']
  const more = [
    ...cut(groups.length - rows.length, 'rows of the table are'),
    ...cut(groups.length - folded.length, 'diffs are'),
  ]
  const all = more.length === 0 ? [] : [`All of them: ${inlineCode(`seshat diff --base ${base}`)}`, '']
  return [head, ...folded, '', ...more, ...all].join('\n')
}

const harmOf = ({ changes: [first] }: Group): number => changeClasses.indexOf(first.class)

/** The texts that fit, of the first groups first; a long one does not keep shorter ones out. */
function fitting(
  groups: readonly Group[],
  textOf: (group: Group) => string,
  longest: number,
): readonly string[] {
  let left = longest
  return groups.flatMap(group => {
    if (left < shortest) return []
    const text = textOf(group)
    if (text.length > left) return []
    left -= text.length + 1
    return [text]
  })
}

/** Less than any text has: what is left then need not be tried. */
const shortest = 60

function rowOf({ changes }: Group, adapters: readonly string[]): string {
  const [first] = changes
  const where = adaptersOf(changes, adapters) || 'all'
  const why = first.causes.map(cause => inlineCode(causeText(cause))).join(', ')
  const cells = [inlineCode(first.name), changeWord(first), first.classes.join(', '), where, why]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} | ${first.downstream.length} |`
}

function foldedOf({ changes: [first] }: Group, input: DiffInput): string {
  const patch = patchOf(first, input)
  const fence = '`'.repeat(Math.max(2, ...patch.map(longestTicks)) + 1)
  return [
    `<details><summary><code>${escapeHtml(printableLine(first.name))}</code>: ${first.class} (${first.adapter})</summary>`,
    '',
    ...detailsOf(first, nameInMarkdown).map(line => `- ${line}`),
    '',
    ...(patch.length === 0 ? [] : [`${fence}diff`, ...patch, fence, '']),
    '</details>',
  ].join('\n')
}

/** Nothing in it means anything: no HTML, no picture, nobody who is mentioned. */
function inlineCode(text: string): string {
  const line = printableLine(text)
  const fence = '`'.repeat(longestTicks(line) + 1)
  return fence.length === 1 ? `\`${line}\`` : `${fence} ${line} ${fence}`
}

/** A name of plain letters is a word among words. */
const nameInMarkdown = (name: string): string => (/^[\w ./:,$-]*$/.test(name) ? name : inlineCode(name))

const longestTicks = (line: string): number =>
  Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length))

export const diffJson = ({ base, adapters, changes }: DiffInput): string =>
  `${JSON.stringify({ version: 1, base, adapters, nodes: changes }, null, 2)}\n`
