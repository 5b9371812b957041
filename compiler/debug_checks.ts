// What `seshat debug` asks a database once it is connected, one function for each step: what came of it in words, and
// what is wrong. Changes nothing; where a permission can only be tried out, what was made for it is taken away again.

import type { Permission } from '../adapters/access.js'
import type { Dialect } from '../adapters/dialect.js'
import type { Driver } from '../adapters/driver.js'
import { type Diagnostic, error, Faults } from './diagnostics.js'
import { sqlName } from './relation.js'
import type { SourceRead } from './sources_read.js'

export interface Outcome {
  readonly detail: string
  readonly faults: readonly Diagnostic[]
  /** What failed in short, where the faults themselves are long. */
  readonly failure?: string
}

/** A connected session, and what there is to know of it. */
export interface DebugSession {
  readonly driver: Driver
  readonly dialect: Dialect
  readonly database: string
  /** Whom a grant has to name. */
  readonly grantee: string
  /** A name for what is tried out. */
  readonly trial: string
}

/** @throws Faults `no-such-database`; of the query */
export async function openSession(
  driver: Driver,
  dialect: Dialect,
  trial: string,
): Promise<DebugSession & { readonly server: string }> {
  const [server, database, grantee] = (await driver.execute(dialect.access.session)).rows[0] ?? []
  if (typeof database !== 'string' || typeof grantee !== 'string') {
    const hint = 'Correct database and role in the profile, or grant the role usage on the database.'
    throw new Faults([error('no-such-database', 'The session has no database, or no role.', { hint })])
  }
  return { driver, dialect, trial, database, grantee, server: String(server) }
}

/** Which of the schemas exist; one that is missing is created by a run, if it may be. */
export async function checkSchemas(
  session: DebugSession,
  schemas: readonly string[],
): Promise<Outcome & { readonly existing: readonly string[] }> {
  const { existing, missing } = await partedSchemas(session, schemas)
  const permission = session.dialect.access.createSchemas(session.database, session.trial)
  const may = missing.length === 0 || (await isGranted(session.driver, permission))
  const are = (names: readonly string[], what: string): readonly string[] =>
    names.length === 0 ? [] : [`${listed(names)} ${what}`]
  const them = missing.length === 1 ? 'it' : 'them'
  return {
    existing,
    detail: [...are(existing, 'there'), ...are(missing, `not there yet: a run creates ${them}`)].join('; '),
    faults: may
      ? []
      : missing.map(schema =>
          error(
            'missing-privilege',
            `The schema ${schema} is not there, and ${session.grantee} may not create it.`,
            {
              hint: `Let an administrator create it and run: ${grantOf(session, session.dialect.access.createTables(schema, session.trial))}. Or: ${grantOf(session, permission)}.`,
            },
          ),
        ),
  }
}

/** @returns with it, whether tables cannot even be looked for (`blind`), and the sources that can be read */
export async function checkPrivileges(
  session: DebugSession,
  written: readonly string[],
  sources: readonly SourceRead[],
): Promise<Outcome & { readonly blind: boolean; readonly readable: readonly SourceRead[] }> {
  const { driver, dialect, grantee, trial } = session
  const { access } = dialect
  const faults: Diagnostic[] = []
  const need = async (permission: Permission, what: string): Promise<boolean> => {
    const granted = await isGranted(driver, permission)
    if (!granted)
      faults.push(
        error('missing-privilege', `${grantee} may not ${what}.`, {
          hint: `Let an administrator run: ${grantOf(session, permission)}.`,
        }),
      )
    return granted
  }
  for (const schema of written) await need(access.createTables(schema, trial), `create tables in ${schema}`)
  const { existing } = await partedSchemas(session, [
    ...new Set(sources.map(({ relation }) => relation.schema)),
  ])
  for (const schema of existing) await need(access.useSchema(schema), `use the schema ${schema}`)
  const blind = faults.length > 0
  const readable: SourceRead[] = []
  for (const source of blind ? [] : sources) {
    const { relation } = source
    if (!(await holds(driver, dialect.tableExists(relation)))) continue
    const name = sqlName(relation)
    const statements = [`select 1 from ${name} where 1 = 0`]
    const permission: Permission = { statements, undo: [], privilege: `select on ${name}` }
    if (await need(permission, `read ${name}`)) readable.push(source)
  }
  const details = [
    ...(written.length > 0 ? [`may create tables in ${listed(written)}`] : []),
    ...(readable.length > 0 ? [`may read ${listed(readable.map(({ relation }) => sqlName(relation)))}`] : []),
  ]
  return { detail: details.join('; ') || 'none to ask for yet', faults, blind, readable }
}

/**
 * Whether the sources that are there have every column that is read.
 * @returns undefined where none of them is there
 */
export async function checkColumns(
  { driver, dialect }: DebugSession,
  sources: readonly SourceRead[],
  readable: readonly SourceRead[],
): Promise<Outcome | undefined> {
  const faults: Diagnostic[] = []
  const complete: string[] = []
  const lacking: string[] = []
  for (const source of sources) {
    const { relation, columns } = source
    if (columns.length === 0 || !(await holds(driver, dialect.tableExists(relation)))) continue
    const { rows } = await driver.execute(dialect.access.columns(relation))
    const there = new Set(rows.map(([name]) => String(name)))
    const missing = columns.filter(({ name }) => !there.has(name))
    const name = sqlName(relation)
    if (missing.length > 0) {
      faults.push(missingColumns(name, missing))
      lacking.push(`${name} lacks ${missing.length} of the ${columns.length} that are read`)
      continue
    }
    // Readable as a whole, since a privilege may be on single columns.
    const list = columns.map(column => column.name).join(', ')
    if (readable.includes(source)) await driver.execute(`select ${list} from ${name} where 1 = 0`)
    complete.push(`all ${columns.length} that are read of ${name}`)
  }
  if (complete.length === 0 && faults.length === 0 && sources.length > 0) return undefined
  return { detail: complete.join('; ') || 'none are read', faults, failure: lacking.join('; ') }
}

function missingColumns(table: string, missing: SourceRead['columns']): Diagnostic {
  const names = missing.map(({ name, type }) => (type === undefined ? name : `${name} (${type})`))
  const it = names.length === 1 ? 'it' : 'them'
  return error('missing-column', `${table} does not have ${listed(names)}, which models read.`, {
    hint: `Let whoever loads ${table} add ${it}, empty if nothing fills ${it}; or correct input_schema.`,
  })
}

async function partedSchemas({ driver, dialect }: DebugSession, schemas: readonly string[]) {
  const existing: string[] = []
  for (const schema of schemas) if (await holds(driver, dialect.schemaExists(schema))) existing.push(schema)
  return { existing, missing: schemas.filter(schema => !existing.includes(schema)) }
}

const grantOf = ({ grantee }: DebugSession, { privilege }: Permission): string =>
  `grant ${privilege} to ${grantee}`

const holds = async (driver: Driver, question: string): Promise<boolean> =>
  (await driver.execute(question)).rows[0]?.[0] === true

async function isGranted(driver: Driver, { statements, undo }: Permission): Promise<boolean> {
  try {
    for (const sql of statements) {
      const { rows } = await driver.execute(sql)
      // A warehouse whose answer is a text says the same in words.
      if (['false', 'f'].includes(String(rows[0]?.[0]))) return false
    }
    return true
  } catch (reason) {
    if (isRefusal(reason)) return false
    throw reason
  } finally {
    for (const sql of undo) await driver.execute(sql).catch(ignoreFaults) // what was not made cannot be dropped
  }
}

/** Some warehouses do not tell what may not be seen from what is not there. */
const isRefusal = (reason: unknown): boolean =>
  reason instanceof Faults && /^missing-(privilege|relation)$/.test(reason.diagnostics[0]?.code ?? '')

function ignoreFaults(reason: unknown): void {
  if (!(reason instanceof Faults)) throw reason
}

const listed = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' and $1')
