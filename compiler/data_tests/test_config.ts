// What may be said of how a data test is run, whatever it tests: beside its name in YAML, under `config:`, or in `config(...)`
// of its SQL file.

import * as z from 'zod'
import { choice, flag, identifier, names, parseSettings } from '../model_config.js'
import { packagePrefix } from '../source_file.js'

/** Each key with its meaning; the guide's reference page is made from the descriptions. */
export const testSettingsShape = {
  severity: choice(['error', 'warn'])
    .optional()
    .describe('What failing rows are: an error, which holds up what reads the table, or a warning.'),
  where: z
    .string({ error: 'must be a condition in SQL' })
    .min(1, { error: 'must not be empty' })
    .optional()
    .describe('The rows that are tested, as a condition in SQL; the table is called t in it.'),
  limit: z
    .int({ error: 'must be a whole number' })
    .min(1, { error: 'must be at least 1' })
    .optional()
    .describe('How many failing rows are shown, and kept by store_failures; 5 are shown by default.'),
  store_failures: flag
    .optional()
    .describe('true keeps the failing rows in a table called as the test is, which each run replaces.'),
  schema: identifier
    .optional()
    .describe('Schema of the table that store_failures keeps; by default scratch_schema.'),
  after: choice(['complete'])
    .optional()
    .describe(
      'complete: the test waits for the complete steps of the modules whose tables it reads, and holds up nothing before them.',
    ),
  enabled: flag.optional().describe('false takes the test out of the project.'),
  tags: names.optional().describe('Words to select by.'),
  meta: z.record(z.string(), z.unknown()).optional().describe('Anything; kept in the manifest.'),
}

const inherited = identifier
  .optional()
  .describe('Column of the failing rows that is 1 where another system has written the row: those only warn.')

const testConfigSchema = z.strictObject({ ...testSettingsShape, inherited })
export type TestConfig = z.infer<typeof testConfigSchema>

/** A data test as the plan runs it. */
export interface DataTest {
  readonly config: TestConfig
  /** What its failing rows are, behind their number: `row of sessions has no start_tstamp`. */
  readonly words: { readonly one: string; readonly many: string }
  /** The source whose rows it tests, as `name.table`: what reads that waits for it. */
  readonly ofSource?: string | undefined
}

/** Of a SQL file, which says by itself what it looks for. */
export const fileWords: DataTest['words'] = {
  one: 'row that should not be there',
  many: 'rows that should not be there',
}

/** The arguments of `config(...)` in the file of a test. @throws Faults `bad-config`, all faults at once */
export const parseTestConfig = (args: readonly unknown[]): TestConfig => parseSettings(args, testConfigSchema)

/** The later one wins; tags add up. */
export function mergeTestConfigs(...levels: readonly TestConfig[]): TestConfig {
  const tags = [...new Set(levels.flatMap(level => level.tags ?? []))]
  return { ...Object.assign({}, ...levels), ...(tags.length > 0 ? { tags } : {}) }
}

/** What seshat.yml says of the tests of a folder, the deepest folder last. @param file that a test stands in */
export function folderTestConfigs(
  settings: Readonly<Record<string, TestConfig>>,
  file: string,
): readonly TestConfig[] {
  const path = file.replace(packagePrefix, '').replace(/^(models|tests)\//, '')
  return Object.entries(settings)
    .filter(([folder]) => folder === '.' || path.startsWith(`${folder.replace(/\/$/, '')}/`))
    .sort(([a], [b]) => a.length - b.length)
    .map(([, config]) => config)
}

export const failsRun = ({ config }: DataTest): boolean => config.severity !== 'warn'
