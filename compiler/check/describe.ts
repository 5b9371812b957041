// A fault of a statement -> a diagnostic where its cause is: at a comma that is missing, at the model above that gives a column
// another name or type than the one where the database notices.

import type { Driver } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import { type Diagnostic, error } from '../diagnostics.js'
import type { ColumnLineage, SourceColumn } from '../lineage.js'
import { selectOf } from '../model_sql.js'
import { nearestNames } from '../nearest.js'
import type { ParsedModel } from '../parse.js'
import { type PlacedToken, tokensOf } from '../sql_tokens.js'
import { findComma } from './commas.js'
import { findColumnName } from './select_text.js'
import { type KnownNames, readServerFault } from './server_faults.js'
import type { StatementPlaces } from './statement_places.js'
import type { CompiledPlan, Pick } from './traces.js'

export class FaultDescriber {
  private known: KnownNames | undefined

  constructor(
    private readonly compiled: CompiledPlan,
    private readonly database: Driver,
    private readonly places: StatementPlaces,
    private readonly lineage: ReadonlyMap<string, readonly ColumnLineage[] | 'unknown'>,
  ) {}

  /** @param model what the statement was made for */
  async describe(
    fault: StatementFault,
    sql: string,
    pick: Pick,
    model: ParsedModel | undefined,
  ): Promise<Diagnostic> {
    const tokens = tokensOf(sql, false)
    const { diagnostic, position } = readServerFault(fault, sql, await this.names(), tokens)
    if (diagnostic.code === 'syntax-error') {
      const comma = await findComma(sql, fault.position ?? sql.length, tokens, text => this.parses(text))
      if (comma) {
        const { message, hint, ...where } = comma
        const found = error('syntax-error', message, { hint, cause: diagnostic.message })
        return this.places.placed(found, sql, where, pick, model)
      }
    }
    const placed = this.places.placed(diagnostic, sql, position, pick, model)
    if (diagnostic.code === 'unknown-column') {
      const alias = this.renamedHere(placed, tokens)
      if (alias) return this.withAlias(placed, alias, sql, pick, model)
      return this.renamedAbove(placed, model) ?? placed
    }
    if (!model) return placed
    if (diagnostic.code === 'type-mismatch') return this.typedAbove(placed, model) ?? placed
    return placed
  }

  /**
   * A reader asks for a column that is known in many places, and a model above gives one of nearly that name which nobody
   * else has ever written: then it is wrong there.
   */
  private renamedAbove(fault: Diagnostic, model: ParsedModel | undefined): Diagnostic | undefined {
    const name = missingName(fault)
    if (name === undefined || this.timesWritten(name) < 2) return undefined
    // A step of a module's life reads what its module.yml names.
    for (const ref of model?.refs ?? this.compiled.models) {
      const given = this.lineage.get(ref.name)
      const above = this.modelNamed(ref.name)
      if (!given || given === 'unknown' || !above) continue
      const [near] = nearestNames(
        name,
        given.map(({ column }) => column),
      )
      if (near === undefined || near === name || this.timesWritten(near) > 1) continue
      const message = `${above.name} calls this column '${near}', and '${name}' is read of it`
      const related = fault.at ? [{ at: fault.at, message: 'read here' }] : []
      return this.atColumn(error('unknown-column', message, { related }), above, near)
    }
    return undefined
  }

  /** An alias of the statement itself that is nearly the name, and that nobody else has ever written. */
  private renamedHere(fault: Diagnostic, tokens: readonly PlacedToken[]): PlacedToken | undefined {
    const name = missingName(fault)
    if (name === undefined) return undefined
    const aliases = tokens.filter(
      ({ kind, text }, index) => kind === 'word' && text !== name && tokens[index - 1]?.text === 'as',
    )
    const [near] = nearestNames(
      name,
      aliases.map(({ text }) => text),
    )
    const token = aliases.find(({ text }) => text === near)
    return near !== undefined && this.timesWritten(near) === 1 ? token : undefined
  }

  /** Where the name is known in other places too, the alias is wrong; where each stands once, either may be. */
  private withAlias(
    fault: Diagnostic,
    alias: PlacedToken,
    sql: string,
    pick: Pick,
    model: ParsedModel | undefined,
  ): Diagnostic {
    const name = missingName(fault)
    const message = `this column is called '${alias.text}', and '${name}' is read of it`
    const position = { offset: alias.at, length: alias.length }
    const related = fault.at ? [{ at: fault.at, message: 'read here' }] : []
    const found = this.places.placed(error('unknown-column', message), sql, position, pick, model)
    if (name !== undefined && this.timesWritten(name) > 1) return { ...found, related }
    return found.at ? { ...fault, related: [{ at: found.at, message: 'given here' }] } : fault
  }

  /** A row that does not fit its table was typed in some model above, from where it was only copied. */
  private typedAbove(fault: Diagnostic, model: ParsedModel): Diagnostic | undefined {
    const [, name, wanted, given] =
      /^column "(.+)" is of type (.+) but expression is of type (.+)$/.exec(fault.message) ?? []
    if (name === undefined) return undefined
    let place: SourceColumn = { table: model.name, column: name }
    for (const seen = new Set<string>(); !seen.has(place.table); ) {
      seen.add(place.table)
      const columns = this.lineage.get(place.table)
      const copied = Array.isArray(columns)
        ? columns.find(({ column }) => column === place.column)?.copyOf
        : undefined
      if (!copied || !this.lineage.has(copied.table)) break
      place = copied
    }
    const found = this.modelNamed(place.table)
    const message = `the column '${name}' of ${model.name} is ${wanted}, and this is ${given}`
    const hint = 'Cast it, or correct the type that is declared.'
    return found && this.atColumn(error('type-mismatch', message, { hint }), found, place.column)
  }

  private atColumn(diagnostic: Diagnostic, model: ParsedModel, column: string): Diagnostic {
    const pick: Pick = ({ input, models }) => {
      const own = models.find(({ name }) => name === model.name)
      return own && selectOf(input, own)
    }
    const sql = selectOf(this.compiled.input, model)
    const token = findColumnName(sql, column)
    return this.places.placed(
      diagnostic,
      sql,
      token && { offset: token.at, length: token.length },
      pick,
      model,
    )
  }

  private modelNamed(name: string): ParsedModel | undefined {
    return this.compiled.models.find(model => model.name === name)
  }

  /** In the files of the project and the package, and as a declared column. */
  private timesWritten(name: string): number {
    const word = new RegExp(`\\b${name}\\b`, 'g')
    const { models, macros } = this.compiled.project
    const written = [...models, ...macros].reduce((sum, { text }) => sum + (text.match(word)?.length ?? 0), 0)
    const tables = [...this.compiled.graph.catalog.tables.values()]
    return written + tables.filter(({ columns }) => columns.some(column => column.name === name)).length
  }

  private async parses(sql: string): Promise<boolean> {
    try {
      await this.database.execute(`explain ${sql}`)
      return true
    } catch (cause) {
      if (!(cause instanceof StatementFault)) throw cause
      return cause.sqlstate !== '42601'
    }
  }

  private async names(): Promise<KnownNames> {
    if (this.known) return this.known
    const list = async (sql: string): Promise<readonly string[]> =>
      (await this.database.execute(sql)).rows.map(([name]) => String(name))
    const relations = `pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`
    this.known = {
      columns: await list(`select distinct a.attname::text
from ${relations}
inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
order by 1`),
      tables: await list(
        `select n.nspname || '.' || c.relname from ${relations} where c.relkind in ('r', 'v') order by 1`,
      ),
      functions: new Set(await list('select distinct proname::text from pg_proc order by 1')),
      types: await list(
        `select typname::text from pg_type where typtype in ('b', 'e', 'd') and typname not like '\\_%' order by 1`,
      ),
    }
    return this.known
  }
}

/** The column that is asked for. */
const missingName = ({ message }: Diagnostic): string | undefined =>
  /^column "?(?:\w+\.)?(\w+)"?/.exec(message)?.[1]
