// Plan -> diagnostics: walks the plan of a project in its order on an empty database. Every select is run by itself first, so
// that what is wrong with it is found at its model, then the statements around it.

import type { Driver } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import type { Table } from '../catalog.js'
import { describeFindings } from '../checks.js'
import { type Diagnostic, error } from '../diagnostics.js'
import { handingOn } from '../handed_on.js'
import type { ColumnLineage, Lineage } from '../lineage.js'
import { selectOf } from '../model_sql.js'
import { nearest } from '../nearest.js'
import type { ParsedModel } from '../parse.js'
import type { Statement } from '../statement.js'
import { typedColumns, writtenColumns } from '../table_statements.js'
import { FaultDescriber } from './describe.js'
import { inputTables } from './input_tables.js'
import { LineageReader } from './model_lineage.js'
import { findColumnName, findTokenFaults } from './select_text.js'
import { StatementPlaces } from './statement_places.js'
import type { CompiledPlan, Pick, Traces } from './traces.js'

export interface Typed {
  readonly diagnostics: readonly Diagnostic[]
  readonly checked: readonly string[]
  /** Models that could not be typed, with the reason in words. */
  readonly unchecked: readonly { readonly model: string; readonly why: string }[]
  readonly lineage: Lineage
}

/** @param nodes ids of what is to be typed, with everything that it reads */
export async function typePlan(
  compiled: CompiledPlan,
  nodes: ReadonlySet<string>,
  traces: Traces,
  database: Driver,
): Promise<Typed> {
  return new PlanTyper(compiled, nodes, traces, database).run()
}

class PlanTyper {
  private readonly diagnostics = new Map<string, Diagnostic>()
  private readonly checked: string[] = []
  private readonly unchecked: { model: string; why: string }[] = []
  /** Tables that readers cannot be typed on, by name, with the reason. */
  private readonly missing = new Map<string, string>()
  private readonly places: StatementPlaces
  private readonly describer: FaultDescriber
  private readonly lineages: LineageReader
  /** By model. */
  private readonly lineage = new Map<string, readonly ColumnLineage[] | 'unknown'>()

  constructor(
    private readonly compiled: CompiledPlan,
    private readonly nodes: ReadonlySet<string>,
    traces: Traces,
    private readonly database: Driver,
  ) {
    this.places = new StatementPlaces(compiled, traces)
    this.describer = new FaultDescriber(compiled, database, this.places, this.lineage)
    this.lineages = new LineageReader(compiled, database)
  }

  async run(): Promise<Typed> {
    const { plan, input } = this.compiled
    const inputs = inputTables(this.compiled)
    for (const schema of inputs.schemas) await this.database.execute(input.dialect.createSchema(schema))
    for (const create of inputs.creates) await this.database.execute(create)
    for (const source of inputs.unknown)
      this.missing.set(source, `nobody has declared the columns of the source ${source}`)
    for (const statement of plan.opening.flatMap(batch => batch.statements))
      await this.statement(statement, undefined, () => undefined)
    for (const { id, table } of handingOn(input).nodes) {
      if (!this.nodes.has(id)) continue
      const typed = table?.model ? await this.model(table, table.model) : true
      if (typed) await this.step(id, table)
    }
    return {
      diagnostics: [...this.diagnostics.values()],
      checked: this.checked,
      unchecked: this.unchecked,
      lineage: Object.fromEntries([...this.lineage].sort(([a], [b]) => (a < b ? -1 : 1))),
    }
  }

  /** @returns whether the statements of its step can be typed */
  private async model(table: Table, model: ParsedModel): Promise<boolean> {
    const why = this.whyNot(model)
    const variants = [model.sql, ...(model.rebuildSql === model.sql ? [] : [model.rebuildSql])]
    let columns: readonly string[] | undefined
    let failed = false
    for (const [index, sql] of variants.entries()) {
      const pick: Pick = ({ input, models }) => {
        const own = models.find(({ name }) => name === model.name)
        return own && selectOf(input, index === 0 ? own : { ...own, sql: own.rebuildSql })
      }
      const text = selectOf(this.compiled.input, { ...model, sql })
      for (const fault of findTokenFaults(text)) {
        const { code, message, hint, offset, length } = fault
        this.add(this.places.placed(error(code, message, { hint }), text, { offset, length }, pick, model))
      }
      const found = await this.select(text, pick, model, why !== undefined)
      if (found === undefined) failed = true
      else columns ??= found
    }
    if (why === undefined && !failed && columns) {
      this.checked.push(model.name)
      this.lineage.set(model.name, await this.lineages.read(selectOf(this.compiled.input, model)))
      return this.resultColumns(table, model, columns)
    }
    this.lineage.set(model.name, 'unknown')
    if (why !== undefined) this.unchecked.push({ model: model.name, why })
    await this.withhold(table, model)
    return false
  }

  private whyNot(model: ParsedModel): string | undefined {
    const names = [
      ...model.refs.map(({ name }) => name),
      ...model.sources.map(({ name, table }) => `${name}.${table}`),
    ]
    return names.map(name => this.missing.get(name)).find(why => why !== undefined)
  }

  /** The columns that a select gives; undefined where something is wrong with it. */
  private async select(
    sql: string,
    pick: Pick,
    model: ParsedModel,
    onlySyntax: boolean,
  ): Promise<readonly string[] | undefined> {
    try {
      return (await this.database.execute(sql)).columns
    } catch (cause) {
      if (!(cause instanceof StatementFault)) throw cause
      if (onlySyntax && cause.sqlstate !== '42601') return []
      this.add(await this.describer.describe(cause, sql, pick, model))
      return undefined
    }
  }

  /** Names that the result has twice, and declared ones that it does not have. */
  private resultColumns(table: Table, model: ParsedModel, columns: readonly string[]): boolean {
    const pick: Pick = ({ input, models }) => {
      const own = models.find(({ name }) => name === model.name)
      return own && selectOf(input, own)
    }
    const sql = selectOf(this.compiled.input, model)
    const at = (diagnostic: Diagnostic, name: string, occurrence: number): void => {
      const token = findColumnName(sql, name, occurrence)
      const position = token && { offset: token.at, length: token.length }
      this.add(this.places.placed(diagnostic, sql, position, pick, model))
    }
    const twice = columns.find((name, index) => columns.indexOf(name) < index)
    if (twice !== undefined && table.kind !== 'ephemeral' && table.kind !== 'test')
      at(
        error('duplicate-column', `two columns of ${model.name} are called '${twice}'`, {
          hint: 'Rename one of them.',
        }),
        twice,
        1,
      )
    const declared = writtenColumns(table).map(({ name }) => name)
    const absent = declared.filter(name => !columns.includes(name.toLowerCase()) && !columns.includes(name))
    const others = columns.filter(name => !declared.includes(name))
    for (const name of absent) {
      const hint = nearest(name, others).hint ?? `Its columns are ${columns.join(', ')}.`
      const near = nearestOf(name, others)
      at(
        error(
          'unknown-column',
          `${model.name} is declared to have the column '${name}', which its select does not give`,
          { hint },
        ),
        near ?? '',
        0,
      )
    }
    const isFit = twice === undefined && (table.module === undefined || absent.length === 0)
    if (!isFit) this.missing.set(table.name, `${model.name} has a fault`)
    return isFit
  }

  /** What reads a model that could not be made is typed on its declared columns, or not at all. */
  private async withhold(table: Table, model: ParsedModel): Promise<void> {
    const why = `it reads ${model.name}, which was not made`
    const columns = typedColumns(table)
    const isMadeBySetup =
      table.module !== undefined && ['incremental', 'staged', 'manifest'].includes(table.kind)
    if (isMadeBySetup) this.missing.set(`${table.name}_replaced`, why)
    else if (columns.length > 0 && columns.length === table.columns.length && table.kind !== 'ephemeral') {
      const { dialect } = this.compiled.input
      await this.database.execute(
        dialect.createTable({
          relation: table.relation,
          columns,
          storage: 'durable',
          layout: { lookups: [] },
        }),
      )
    } else this.missing.set(table.name, why)
  }

  private async step(id: string, table: Table | undefined): Promise<void> {
    const index = this.compiled.plan.steps.findIndex(step => step.id === id)
    const step = this.compiled.plan.steps[index]
    if (!step) return
    for (const [b, batch] of step.batches.entries())
      for (const [s, statement] of batch.statements.entries()) {
        const pick: Pick = ({ plan }) =>
          plan.steps.find(other => other.id === id)?.batches[b]?.statements[s]?.sql
        if (batch.transaction) await this.database.execute('begin')
        await this.statement(statement, table?.model, pick)
        if (batch.transaction) await this.database.execute('commit')
      }
  }

  private async statement(statement: Statement, model: ParsedModel | undefined, pick: Pick): Promise<void> {
    const { sql, needs = [], check, makesStatements } = statement
    const asked = needs.flatMap(({ ask }) => (ask === undefined ? [] : [ask]))
    if (sql.startsWith('grant ')) return // roles are a matter of the warehouse
    try {
      for (const query of [...asked, ...(statement.onlyIf ?? [])]) {
        const answer = await this.database.execute(query)
        if (answer.rows[0]?.[0] === true) continue
        // Whether there is something to do is asked of tables that steps behind it make in a first run.
        if (statement.findsNothing === undefined)
          await this.untaken(sql, this.writer(statement) ?? model, pick)
        return
      }
      const result = await this.database.execute(sql)
      if (makesStatements) for (const [made] of result.rows) await this.database.execute(String(made))
      if (check === 'schema-changed' && model)
        for (const found of describeFindings(check, model.name, result))
          this.add({ ...found, at: model.configAt })
    } catch (cause) {
      if (!(cause instanceof StatementFault)) throw cause
      await this.refused(cause, sql, this.writer(statement) ?? model, pick)
    }
  }

  /** The model whose rows a statement writes. */
  private writer({ writes }: Statement): ParsedModel | undefined {
    return this.compiled.models.find(({ name }) => name === writes)
  }

  /** A statement whose condition does not hold here: its select is planned, and nothing is changed. */
  private async untaken(sql: string, model: ParsedModel | undefined, pick: Pick): Promise<void> {
    const select = /^create (?:unlogged )?table \S+ as\n/.exec(sql)?.[0].length ?? 0
    if (!/^(select|with|insert|delete|update)\b/.test(sql.slice(select))) return
    const prefix = 'explain '
    try {
      await this.database.execute(prefix + sql.slice(select))
    } catch (cause) {
      if (!(cause instanceof StatementFault)) throw cause
      const position = cause.position === undefined ? undefined : cause.position - prefix.length + select
      const [diagnostic = error('statement-failed', '')] = cause.diagnostics
      await this.refused(new StatementFault(diagnostic, sql, cause.sqlstate, position), sql, model, pick)
    }
  }

  private async refused(
    fault: StatementFault,
    sql: string,
    model: ParsedModel | undefined,
    pick: Pick,
  ): Promise<void> {
    await this.database.execute('rollback') // outside of a transaction it does nothing
    // What is missing follows from a fault that was found.
    if (fault.sqlstate === '42P01' && (this.missing.size > 0 || this.diagnostics.size > 0)) return
    this.add(await this.describer.describe(fault, sql, pick, model))
  }

  private add(diagnostic: Diagnostic): void {
    const { code, at, message } = diagnostic
    const key = at ? `${code} ${at.file} ${at.line} ${at.column}` : `${code} ${message}`
    if (!this.diagnostics.has(key)) this.diagnostics.set(key, diagnostic)
  }
}

const nearestOf = (name: string, others: readonly string[]): string | undefined =>
  /'([^']+)'/.exec(nearest(name, others).hint ?? '')?.[1]
