// The text of --inline, a template of one select -> the statements that give its rows, with its references resolved as those
// of a model are; and for a fault of the server the place in the text. Refuses what is no select.

import type { Dialect } from '../adapters/dialect.js'
import type { StatementFault } from '../adapters/statement_fault.js'
import { buildCatalog } from './catalog.js'
import { type MarkedText, readMarks } from './check/marked_text.js'
import { type Diagnostic, error, Faults } from './diagnostics.js'
import { buildGraph } from './graph.js'
import { referenceFaults } from './graph_checks.js'
import { type PlanContext, readTable, selectOf } from './model_sql.js'
import { type ParsedModel, parseModels } from './parse.js'
import type { Project } from './project.js'
import { setLimits } from './scan_limits.js'
import { checkedText } from './source_file.js'
import { tokensOf } from './sql_tokens.js'
import { inOrder } from './statement.js'
import type { NeededTable } from './tables_not_there.js'
import { Tracer } from './template_trace.js'
import { type RowLimit, type TextFault, withLimit, writeFault } from './written_select.js'

/** What diagnostics call the text. */
const inlinePath = '--inline'
const inlineName = 'inline'

export interface InlineQuery {
  /** The last one is the select, those before it set what it reads. */
  readonly statements: readonly string[]
  readonly needs: readonly NeededTable[]
  /** The same fault with its place in the text. */
  placed(fault: StatementFault): Faults
}

interface Parsed {
  readonly context: PlanContext
  readonly model: ParsedModel
}

/** @throws Faults of the template and of its references, `not-a-select` */
export function compileInline(
  project: Project,
  dialect: Dialect,
  target: string,
  text: string,
  limit: RowLimit,
): InlineQuery {
  const file = checkedText({ path: inlinePath, text })
  const withInline = { ...project, models: [...project.models, file] }
  const parse = (tracer?: Tracer): Parsed => parsed(withInline, dialect, target, tracer)
  const { context, model } = parse()
  const wrong = writeFault(model.sql, dialect.backslashEscapes)
  if (wrong)
    throw new Faults([
      notASelect(
        wrong,
        placesIn(model.sql, parse, ({ model }) => model.sql),
      ),
    ])
  const selectFrom = ({ context, model }: Parsed, sql: string): string =>
    selectOf(context, { ...model, sql: withLimit(sql, limit, dialect.backslashEscapes) })
  const select = selectFrom({ context, model }, model.sql)
  const [batch] = setLimits(dialect, [inOrder({ purpose: inlineName, sql: select })])
  const statements = (batch?.statements ?? []).map(({ sql }) => sql)
  return {
    statements,
    needs: tablesRead(context, model),
    placed(fault) {
      if (fault.sql !== statements.at(-1)) return fault
      const places = placesIn(select, parse, traced => selectFrom(traced, traced.model.sql))
      return new Faults(fault.diagnostics.map(found => located(found, fault, select, places)))
    },
  }
}

/** The model of the text among those of the project. It is read by nobody and made by no run. */
function parsed(project: Project, dialect: Dialect, target: string, tracer?: Tracer): Parsed {
  const { models } = parseModels(project, dialect, { name: target }, tracer)
  const others = models.filter(({ file }) => file !== inlinePath)
  const found = models.find(({ file }) => file === inlinePath)
  if (!found) throw new Faults([error('nothing-selected', 'the text of --inline has enabled=false')])
  const model: ParsedModel = { ...found, config: { materialized: 'ephemeral' } }
  const catalog = buildCatalog(project, [...others, model])
  const faults = referenceFaults(project, [model], catalog)
  if (faults.length > 0) throw new Faults(faults)
  const graph = buildGraph(project, others, buildCatalog(project, others))
  return {
    model,
    context: { project: { ...graph, catalog }, dialect, selected: new Set(), reach: { kind: 'new' } },
  }
}

/** Each table once, with the ref in the text that leads to it, through ephemeral models too. */
function tablesRead(context: PlanContext, model: ParsedModel): readonly NeededTable[] {
  const { catalog } = context.project
  const found = new Map<string, NeededTable>()
  const visit = (reader: ParsedModel, from?: NeededTable['at']): void => {
    for (const { name, at } of [...reader.refs, ...reader.previous]) {
      const table = catalog.tables.get(name)
      if (table?.kind === 'ephemeral' && table.model) visit(table.model, from ?? at)
      else if (table && !found.has(name))
        found.set(name, { relation: readTable(context, table).relation, table, at: from ?? at })
    }
    for (const { name, table, at } of reader.sources) {
      const relation = catalog.sources.get(`${name}.${table}`)
      const seed = catalog.tables.get(table)
      if (relation) found.set(`${name}.${table}`, { relation, table: seed?.seed && seed, at: from ?? at })
    }
  }
  visit(model)
  return [...found.values()]
}

/** Where the pieces of `sql` stand in what was written; undefined where a template computes with marked texts. */
function placesIn(
  sql: string,
  parse: (tracer: Tracer) => Parsed,
  pick: (traced: Parsed) => string,
): MarkedText | undefined {
  for (const deep of [true, false]) {
    const tracer = new Tracer(deep)
    try {
      const text = readMarks(pick(parse(tracer)), tracer.files)
      if (text.sql === sql) return text
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause // a template computes with what is marked
    }
  }
  return undefined
}

function located(
  found: Diagnostic,
  fault: StatementFault,
  sql: string,
  places: MarkedText | undefined,
): Diagnostic {
  if (fault.sqlstate === readOnly)
    return notASelect({ offset: 0, length: 1, message: 'the text writes', cause: found.message }, undefined)
  const { position } = fault
  if (position === undefined || !places) return found
  const word = tokensOf(sql, false).find(({ at, length }) => at <= position && position < at + length)
  return { ...found, ...placeOf(places, position, word ? word.at + word.length - position : 1) }
}

/** A place in a macro is shown with the call in the text. */
function placeOf(places: MarkedText | undefined, offset: number, length: number): Partial<Diagnostic> {
  const origin = places?.origin(offset, length)
  if (!origin) return {}
  const { at, call } = origin
  return { at, ...(call ? { related: [{ at: call, message: 'called here' }] } : {}) }
}

/** SQLSTATE of a statement that a read-only transaction refuses. */
const readOnly = '25006'

const notASelect = (
  { offset, length, message, cause }: TextFault & { readonly cause?: string },
  places: MarkedText | undefined,
): Diagnostic =>
  error('not-a-select', message, {
    hint: 'show only reads. What should be written is a model: put it into models/ and run it.',
    ...(cause === undefined ? {} : { cause }),
    ...placeOf(places, offset, length),
  })
