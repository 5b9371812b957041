// What an invocation leaves of itself: target/run_results.json when it has ended, and while it works the same in parts, one
// JSON object per line of target/run_results.jsonl. The shapes of both, and a finished invocation from its parts.

import * as z from 'zod'

export const resultsVersion = 1
export const resultsFile = 'run_results.json'
export const journalFile = 'run_results.jsonl'

const text = z.string()
const count = z.number().int()
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

const place = z.object({ file: text, line: count, column: count, length: count })
const comparedRow = z.array(orNull(text))
const diagnosticSchema = z.object({
  code: text,
  severity: z.enum(['error', 'warning']),
  message: text,
  at: place.optional(),
  related: z.array(z.object({ at: place, message: text })).optional(),
  hint: text.optional(),
  cause: text.optional(),
  difference: z
    .object({
      columns: z.array(text),
      keys: z.array(text).describe('Columns that tell rows apart.'),
      equal: count.describe('Rows that are as expected.'),
      expected: count,
      got: count,
      rows: z
        .array(z.object({ expected: orNull(comparedRow), got: orNull(comparedRow) }))
        .describe('Those that are not as expected; null where the other side has no such row.'),
    })
    .optional()
    .describe('Of a unit test.'),
})

const argumentsSchema = z.object({
  select: z.array(text),
  exclude: z.array(text),
  state: orNull(text).describe('What state: in the selection compares with.'),
  vars: orNull(text).describe('The text of --vars.'),
  target: orNull(text).describe('As the command line names it; null: that of the profile.'),
  profiles_dir: orNull(text).describe('Relative to the project.'),
  full_refresh: z.boolean(),
  backfill: orNull(z.object({ from: text, to: text })),
  until_caught_up: z.boolean(),
  threads: orNull(count),
  hidden: z
    .boolean()
    .describe(
      'An argument held a secret of the profile, which is not written: nobody can repeat it from here.',
    ),
})

const invocationShape = {
  version: z.literal(resultsVersion).describe('Of this format.'),
  package_version: text,
  invocation_id: text,
  retry_of: orNull(text).describe('The invocation that it takes up.'),
  command: z.enum(['run', 'build', 'seed', 'test']),
  project: text,
  target: text,
  adapter: text,
  arguments: argumentsSchema,
  plan_hash: text.describe('SHA-256 of every statement of the plan.'),
  selected: z.array(text).describe('The nodes that the arguments select, in the order of the plan.'),
  started_at: text.describe('ISO 8601, UTC.'),
}

const stepShape = { id: text, kind: text, module: text }
const stepSchema = z.object(stepShape)

const reportSchema = z.object({
  module: text,
  progress: z.array(z.object({ read_up_to: orNull(text), newest: orNull(text), caught_up: z.boolean() })),
  left_out: z.array(z.object({ reason: text, sessions: count })),
})

const resultSchema = z.object({
  run: count.describe('An invocation may repeat its plan: the first run is 1.'),
  ...stepShape,
  status: z.enum(['success', 'error', 'skipped']),
  rows: orNull(count).describe('Rows that its counted statements changed; null where none counts.'),
  written: z.record(text, count).describe('Rows written to lasting tables, by their names.'),
  seconds: z.number(),
  statement_hash: text.describe('SHA-256 of its compiled statements.'),
  diagnostics: z.array(diagnosticSchema),
  reports: z.array(reportSchema),
  failures: orNull(count).describe(
    'Rows that fail a data test, those that only warn among them; null for all else, and where it was not run.',
  ),
  message: orNull(text).describe(
    'What a data test has found, in words, or why it was skipped: that what it reads is not there. Of other steps: nothing new, where they had nothing to do.',
  ),
})

const retrySchema = z.object({
  run: count.describe('0: before the first.'),
  what: text.describe('The step, connection, or run for all that was left of it.'),
  number: count.describe('From 1.'),
  most: count.describe('As --retries says.'),
  pause_seconds: z.number(),
  reason: diagnosticSchema.describe('What the attempt before has met.'),
})

const runReportSchema = z.object({
  written: z
    .array(
      z.object({
        module: text,
        what: text.describe('What the rows are: sessions written.'),
        rows: count,
        duplicate_rows_removed: count.describe('Copies that were not kept.'),
        distinct_keys_removed: count.describe('Keys of which no copy was kept.'),
      }),
    )
    .describe('By module, over all runs.'),
  per_day: z
    .array(z.object({ table: text, days: z.array(z.object({ day: text, rows: count })) }))
    .describe('Rows of a table by the day of its time, its last days.'),
  progress: z
    .array(z.object({ module: text, read_up_to: orNull(text), newest: orNull(text), caught_up: z.boolean() }))
    .describe('How far a module has come with its input.'),
  left_out: z
    .array(z.object({ module: text, reason: text, sessions: count }))
    .describe('Sessions with events that did not count.'),
  slowest: z
    .array(z.object({ id: text, seconds: z.number() }))
    .describe('The steps that took longest, over all runs.'),
})
export type ReportEntry = z.infer<typeof runReportSchema>

const endingShape = {
  finished_at: text.describe('ISO 8601, UTC.'),
  seconds: z.number(),
  diagnostics: z.array(diagnosticSchema).describe('Of the invocation itself, not of one step.'),
  report: orNull(runReportSchema)
    .default(null)
    .describe('What a run or build has come to; null for others, and where it did not end by itself.'),
}
const statuses = ['success', 'error', 'interrupted'] as const

export const runResultsSchema = z.object({
  ...invocationShape,
  ...endingShape,
  finished_at: orNull(endingShape.finished_at),
  status: z.enum([...statuses, 'killed']).describe('killed: it has not come to its end.'),
  results: z.array(resultSchema),
  retries: z.array(retrySchema).default([]).describe('What was tried again, in its order.'),
})
export type RunResults = z.infer<typeof runResultsSchema>
export type DiagnosticEntry = z.infer<typeof diagnosticSchema>
export type StepEntry = RunResults['results'][number]

const journalLineSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('invocation'), ...invocationShape }),
  z.object({
    event: z.literal('run'),
    number: count,
    steps: z.array(stepSchema.extend({ statement_hash: text })),
  }),
  z.object({ event: z.literal('result'), ...resultSchema.shape }),
  z.object({ event: z.literal('retry'), ...retrySchema.shape }),
  z.object({ event: z.literal('finished'), ...endingShape, status: z.enum(statuses) }),
])
export type JournalLine = z.infer<typeof journalLineSchema>
type LineOf<E extends JournalLine['event']> = Extract<JournalLine, { event: E }>
export type Invocation = Omit<LineOf<'invocation'>, 'event'>
export type Ending = Omit<LineOf<'finished'>, 'event'>

/**
 * The lines of a journal. A last line that is cut off is what a kill leaves; it has not happened.
 * @returns the number of the line that is none instead, if there is one
 */
export function parseJournal(journal: string): readonly JournalLine[] | number {
  const texts = journal.split('\n').filter(line => line !== '')
  const lines: JournalLine[] = []
  for (const [index, line] of texts.entries()) {
    const parsed = journalLineSchema.safeParse(parseJson(line))
    if (parsed.success) lines.push(parsed.data)
    else if (index + 1 < texts.length || journal.endsWith('\n')) return index + 1
  }
  return lines
}

export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/**
 * The invocation that the lines tell of, whatever it has come to; undefined where they do not begin with one.
 * Steps of its last run that it has not come to are skipped ones.
 */
export function resultsOf(lines: readonly JournalLine[]): RunResults | undefined {
  const [first] = lines
  if (first?.event !== 'invocation') return undefined
  const { event: _, ...invocation } = first
  const results = lines.filter(line => line.event === 'result').map(({ event: __, ...entry }) => entry)
  const run = lines.filter(line => line.event === 'run').at(-1)
  const done = new Set(results.filter(entry => entry.run === run?.number).map(({ id }) => id))
  const left = (run?.steps ?? []).filter(({ id }) => !done.has(id))
  const finished = lines.find(line => line.event === 'finished')
  return {
    ...invocation,
    finished_at: finished?.finished_at ?? null,
    seconds: finished?.seconds ?? results.reduce((sum, { seconds }) => sum + seconds, 0),
    status: finished?.status ?? 'killed',
    diagnostics: finished?.diagnostics ?? [],
    report: finished?.report ?? null,
    results: [
      ...results,
      ...left.map(
        (step): StepEntry => ({
          run: run?.number ?? 1,
          ...step,
          status: 'skipped',
          rows: null,
          written: {},
          seconds: 0,
          diagnostics: [],
          reports: [],
          failures: null,
          message: null,
        }),
      ),
    ],
    retries: lines.filter(line => line.event === 'retry').map(({ event: __, ...entry }) => entry),
  }
}

/** Whether it has to be done again: not so a test that had nothing to look at. */
export const isLeft = ({ status, message }: StepEntry): boolean =>
  status === 'error' || (status === 'skipped' && message === null)

/** What the last run of an invocation was to do; seeds of earlier runs were all loaded, or there would be no later run. */
export function lastRun({ results }: RunResults): readonly StepEntry[] {
  const last = Math.max(...results.map(({ run }) => run))
  return results.filter(({ run }) => run === last)
}
