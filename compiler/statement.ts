// One SQL statement of a plan, with what the person who reviews it and the executor need to know of it.

import { createHash } from 'node:crypto'

export interface Statement {
  /** What it is for, in a few words; stands above it in compiled files. */
  readonly purpose: string
  /** Without the closing semicolon. */
  readonly sql: string
  /** Queries with one boolean each; the statement runs only when all are true, asked in order. */
  readonly onlyIf?: readonly string[]
  /** It runs only where these are there, or missing, as far as the run knows; asked before `onlyIf`. */
  readonly needs?: readonly Need[]
  /** It runs only where the statement before it, of the same batch, has made rows. */
  readonly ifRows?: true
  /** Schemas, tables and indexes that are there once it has run. */
  readonly makes?: readonly string[]
  /** What is not there any more once it has run. */
  readonly drops?: readonly string[]
  /** It is a project's own, and may make or drop anything. */
  readonly changesAny?: true
  /** A query of one boolean: whether this module has nothing to do in this run. */
  readonly findsNothing?: string
  /** A query for those of these names, in small letters, that are there. */
  readonly asks?: readonly string[]
  /** A query whose rows, if any, are findings; compiler/checks.ts says what each becomes. */
  readonly check?: CheckCode
  /** Its row count adds to the step's. */
  readonly counts?: boolean
  /** The lasting table that it writes rows to; they count as the step's too, and stand in the summary. */
  readonly writes?: string
  /** A query whose rows are statements themselves, run one after another. */
  readonly makesStatements?: true
  /** A query of a data test, whose rows should not be there. */
  readonly failures?: true
  /** A query whose rows are told at the end of the run. */
  readonly report?: ReportKind
}

export interface Need {
  /** A schema, or a table or index with its schema. */
  readonly name: string
  readonly there: boolean
  /** Others of which one will do as well. */
  readonly or?: readonly string[]
  /** A query that gives one boolean, whether it is so, where nobody knows; without it the statement does no harm then. */
  readonly ask?: string
}

export type ReportKind = 'progress' | 'left_out'

export type CheckCode =
  | 'missing-input-table'
  | 'lookback-miss-warning'
  | 'lookback-miss'
  | 'schema-changed'
  | 'null-key'

/** Statements that run one after another; with `transaction`, all of them or none take effect. */
export interface Batch {
  readonly transaction: boolean
  /** It runs only where this module has something to do, or only where it has nothing; without an answer, it has. */
  readonly when?: When
  readonly statements: readonly Statement[]
}

export interface When {
  readonly module: string
  readonly finds: 'something' | 'nothing'
}

export const inOrder = (...statements: readonly (Statement | undefined)[]): Batch => ({
  transaction: false,
  statements: statements.filter(statement => statement !== undefined),
})

export const allOrNothing = (...statements: readonly (Statement | undefined)[]): Batch => ({
  ...inOrder(...statements),
  transaction: true,
})

/** The text of a compiled file: every statement that runs, in order, each under a comment that names its purpose. */
export function renderBatches(batches: readonly Batch[]): string {
  const parts: string[] = []
  for (const { statements, transaction, when: asked } of batches) {
    if (statements.length === 0) continue
    const when = asked && `only if ${whenText(asked)}`
    if (transaction) parts.push(`-- one transaction${when ? `, ${when}` : ''}\nbegin;`)
    for (const statement of statements) parts.push(renderStatement(statement, transaction ? undefined : when))
    if (transaction) parts.push('commit;')
  }
  return `${parts.join('\n\n')}\n`
}

/** @param when a condition of all of its batch, in words */
function renderStatement(
  { purpose, check, failures, makesStatements, needs, ifRows, onlyIf, sql }: Statement,
  when: string | undefined,
): string {
  let text = `-- ${purpose}`
  if (check) text += ` (${check} if it returns a row)`
  if (failures) text += ' (fails if it returns a row)'
  if (makesStatements) text += ' (each row is a statement, which runs too)'
  if (when) text += `\n-- ${when}`
  if (needs) for (const need of needs) text += `\n-- only if ${needText(need)}`
  if (ifRows) text += '\n-- only if there are rows'
  if (onlyIf) for (const query of onlyIf) text += `\n-- only if: ${query.replaceAll(/\s+/g, ' ')}`
  return `${text}\n${sql};`
}

/** In words. */
export const whenText = ({ module, finds }: When): string => `${module} finds ${finds} new`

/** In words. */
export const needText = ({ name, there, or = [] }: Need): string =>
  `${there ? 'there' : 'missing'}: ${[name, ...or].join(' or ')}`

/** Of the text that is compiled and run: the same statements, the same hash. */
export const batchesHash = (batches: readonly Batch[]): string =>
  createHash('sha256').update(renderBatches(batches)).digest('hex')
