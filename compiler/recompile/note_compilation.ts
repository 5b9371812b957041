// A compilation, while its files are written -> what is kept of it, by which the next one can be spared.

import type { CompilationWitness } from '../artifacts.js'
import type { CompiledPlan } from '../compile.js'
import { digest } from '../digest.js'
import type { ParsedModel } from '../parse.js'
import { compiledPath, type Step } from '../plan.js'
import { resolveReferences } from '../reference.js'
import type { Relation } from '../relation.js'
import { namingOf } from '../statement_state.js'
import type { Hole, KeptNaming, LastCompilation, LastModel, LastTarget } from './last_compilation.js'

/** A model that may come to have an entry, when its compiled file is there. */
interface Candidate {
  readonly model: ParsedModel
  readonly step: Step
  /** The finished select. */
  readonly select: string
  readonly columns: LastModel['columns']
}

export class CompilationNotes implements CompilationWitness {
  readonly #targets: TargetNotes[] = []
  #manifest = ''

  constructor(
    private readonly made: string,
    private readonly profile: string | null,
  ) {}

  begun(name: string, compiled: CompiledPlan): (path: string, text: string) => void {
    const notes = new TargetNotes(name, compiled)
    this.#targets.push(notes)
    return (path, text) => notes.written(path, text)
  }

  manifestWritten(text: string): void {
    this.#manifest = digest(text)
  }

  /** undefined where the words of the compilation would be missing: a warning */
  kept(): LastCompilation | undefined {
    const [first] = this.#targets
    if (!first || this.#targets.some(({ compiled }) => compiled.warnings.length > 0)) return undefined
    const { sources, models } = first.compiled.project
    const targets = this.#targets.map(notes => notes.kept())
    const texts = models.filter(({ path }) => targets.every(target => path in target.models))
    return {
      made: this.made,
      profile: this.profile,
      sources: sources.map(({ path, text }) => [path, digest(text)]),
      manifest: this.#manifest,
      targets,
      texts: Object.fromEntries(texts.map(({ path, text }) => [path, text])),
    }
  }
}

class TargetNotes {
  readonly #candidates = new Map<string, Candidate>()
  readonly #relations = new Map<string, Relation>()
  readonly #files: [path: string, digest: string][] = []
  readonly #models = new Map<string, LastModel>()
  readonly #described: ReadonlySet<string>

  constructor(
    private readonly name: string,
    readonly compiled: CompiledPlan,
  ) {
    const { plan, project } = compiled
    this.#described = new Set(
      project.properties.flatMap(({ properties }) => properties.models.map(model => model.name)),
    )
    for (const step of plan.steps) this.#consider(step)
  }

  #consider(step: Step): void {
    const { table } = this.compiled.graph.graph.node(step.id)
    const model = table?.model
    if (!table || !model || step.kind !== 'model' || !isAlone(model, step)) return
    const select = this.#resolved(model.sql)
    const columns = table.columns.map(({ name, type }) => (type === undefined ? { name } : { name, type }))
    if (select !== undefined) this.#candidates.set(compiledPath(step), { model, step, select, columns })
  }

  /** undefined where a mark stands for something else than a relation */
  #resolved(sql: string): string | undefined {
    const { catalog } = this.compiled.graph
    let isWhole = true
    const text = resolveReferences(sql, (kind, key) => {
      const found = kind === 'source' ? catalog.sources.get(key) : catalog.tables.get(key)?.relation
      if (!found || kind === 'limit') {
        isWhole = false
        return ''
      }
      this.#relations.set(`${kind}:${key}`, found)
      return found
    })
    return isWhole ? text : undefined
  }

  written(path: string, text: string): void {
    this.#files.push([path, digest(text)])
    const candidate = this.#candidates.get(path)
    if (!candidate) return
    const { model, step, select, columns } = candidate
    const holes = holesOf(step, select, text)
    if (holes)
      this.#models.set(model.file, {
        name: step.id,
        compiled: path,
        sql: model.sql,
        length: select.length,
        holes,
        columns,
        described: this.#described.has(model.name),
      })
  }

  kept(): LastTarget {
    const { input, plan } = this.compiled
    return {
      name: this.name,
      adapter: input.dialect.name,
      steps: plan.steps.length,
      files: this.#files,
      naming: keptNaming(this.compiled),
      relations: Object.fromEntries(this.#relations),
      models: Object.fromEntries(this.#models),
    }
  }
}

/** One of a project's own that has one select, which stands in no other step and takes in that of no other model. */
const isAlone = (model: ParsedModel, { madeOf }: Step): boolean =>
  model.module === undefined &&
  model.test === undefined &&
  model.sql === model.rebuildSql &&
  madeOf.models.size === 1 &&
  madeOf.models.has(model.name)

/** How often its select stands in the statements of a model (custom_model_statements.ts), where it is always the same. */
const timesWritten: Readonly<Record<string, number>> = { view: 1, table: 2, incremental: 2 }

/**
 * Where the select stands, once in each statement that takes it. Were the same words somewhere else by chance, there would be
 * more places than it is written to.
 * @returns undefined where there are more, or fewer
 */
function holesOf(step: Step, select: string, text: string): readonly Hole[] | undefined {
  const places = placesOf(select, text)
  const found = step.batches
    .flatMap(batch => batch.statements.map(statement => ({ batch, statement })))
    .flatMap(({ batch, statement }, index) =>
      placesOf(select, statement.sql).map(before => ({ batch, statement, index, before })),
    )
  const statements = new Set(found.map(({ index }) => index))
  if (
    places.length !== found.length ||
    places.length !== timesWritten[step.materialized ?? ''] ||
    statements.size !== places.length
  )
    return undefined
  const { length } = select
  return found.map(({ batch, statement, index, before }, place) => ({
    at: places[place] ?? 0,
    before,
    behind: statement.sql.length - before - length,
    index,
    statement: withoutSql(statement),
    batch: { transaction: batch.transaction, ...(batch.when ? { when: batch.when } : {}) },
  }))
}

const withoutSql = ({
  sql: _,
  ...others
}: Step['batches'][number]['statements'][number]): Hole['statement'] => others

/** Those that overlap as well. */
function placesOf(part: string, text: string): readonly number[] {
  const places: number[] = []
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) places.push(at)
  return places
}

function keptNaming(compiled: CompiledPlan): KeptNaming {
  const { schemas, entropy, tables, backslashEscapes, digest: own } = namingOf(compiled)
  // Without entropy no name of a table is looked at.
  return {
    schemas: [...schemas],
    entropy,
    tables: entropy === '' ? [] : [...tables],
    backslashEscapes,
    digest: own,
  }
}
