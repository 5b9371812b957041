// A compilation, while its files are written -> what is kept of it, by which the next one can be spared.

import type { CompilationWitness } from '../artifacts.js'
import type { CompiledPlan } from '../compile.js'
import { digest, digestOfPieces, fileDigest } from '../digest.js'
import type { ParsedModel } from '../parse.js'
import { compiledPath, type Step } from '../plan.js'
import { recordOf } from '../records.js'
import type { Relation } from '../relation.js'
import { printsKnown } from './edited_template.js'
import type { Hole, LastCompilation, LastModel, LastTarget } from './last_compilation.js'

/** A model that may come to have an entry, when its compiled file is there. */
interface Candidate {
  readonly step: Step
  /** Its file in the project. */
  readonly file: string
  /** The finished select. */
  readonly select: string
  readonly facts: Pick<LastModel, 'name' | 'sql' | 'columns' | 'described'>
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

  manifestWritten(pieces: readonly string[]): void {
    this.#manifest = digestOfPieces(pieces)
  }

  /** undefined where the words of the compilation would be missing: a warning */
  kept(): LastCompilation | undefined {
    const [first] = this.#targets
    if (!first || this.#targets.some(({ compiled }) => compiled.warnings.length > 0)) return undefined
    const { sources } = first.compiled.project
    const targets = this.#targets.map(notes => notes.kept())
    const known = sources.filter(({ path }) => targets.every(({ models }) => Object.hasOwn(models, path)))
    return {
      made: this.made,
      profile: this.profile,
      sources: sources.map(file => [file.path, fileDigest(file)]),
      manifest: this.#manifest,
      targets,
      texts: recordOf(known.map(({ path, text }) => [path, text])),
    }
  }
}

class TargetNotes {
  readonly #candidates = new Map<string, Candidate>()
  readonly #relations = new Map<string, Relation>()
  readonly #files: [path: string, digest: string][] = []
  readonly #models = new Map<string, string>()

  constructor(
    private readonly name: string,
    readonly compiled: CompiledPlan,
  ) {
    const { plan, project, graph } = compiled
    const texts = new Map(project.models.map(({ path, text }) => [path, text]))
    const described = new Set(
      project.properties.flatMap(({ properties }) => properties.models.map(model => model.name)),
    )
    for (const step of plan.steps) {
      const { table } = graph.graph.node(step.id)
      const model = table?.model
      const [select, ...others] = step.madeOf.selects
      if (!table || !model || select === undefined || others.length > 0 || !isAlone(model, step)) continue
      this.#noteRelations(model)
      const columns = table.columns.map(({ name, type }) => (type === undefined ? { name } : { name, type }))
      const { name, file } = model
      const sql = printsKnown(texts.get(file) ?? '') ? null : model.sql
      this.#candidates.set(compiledPath(step), {
        step,
        file,
        select,
        facts: { name, sql, columns, described: described.has(name) },
      })
    }
  }

  #noteRelations({ name, refs, sources, previous }: ParsedModel): void {
    const { catalog } = this.compiled.graph
    const note = (mark: string, relation: Relation | undefined): void => {
      if (relation) this.#relations.set(mark, relation)
    }
    note(`this:${name}`, catalog.tables.get(name)?.relation)
    for (const ref of refs) note(`ref:${ref.name}`, catalog.tables.get(ref.name)?.relation)
    for (const ref of previous) note(`previous:${ref.name}`, catalog.tables.get(ref.name)?.relation)
    for (const { name: source, table } of sources)
      note(`source:${source}.${table}`, catalog.sources.get(`${source}.${table}`))
  }

  written(path: string, text: string): void {
    this.#files.push([path, digest(text)])
    const candidate = this.#candidates.get(path)
    const holes = candidate && holesOf(candidate.step, candidate.select, text)
    this.#candidates.delete(path)
    if (!holes) return
    const { file, select, facts } = candidate
    const model: LastModel = { ...facts, compiled: path, length: select.length, holes }
    this.#models.set(file, JSON.stringify(model))
  }

  kept(): LastTarget {
    const { input, plan } = this.compiled
    return {
      name: this.name,
      adapter: input.dialect.name,
      steps: plan.steps.length,
      files: this.#files,
      backslashEscapes: input.dialect.backslashEscapes,
      relations: recordOf(this.#relations),
      models: recordOf(this.#models),
    }
  }
}

/** One of a project's own that has one select, which stands in no other step and takes in that of no other model. */
const isAlone = (model: ParsedModel, { kind, madeOf }: Step): boolean =>
  kind === 'model' &&
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
  if (places.length !== timesWritten[step.materialized ?? '']) return undefined
  const holes: Hole[] = []
  let index = 0
  for (const { statements } of step.batches)
    for (const { sql } of statements) {
      const [before, another] = placesOf(select, sql)
      if (another !== undefined) return undefined
      if (before !== undefined) holes.push({ at: places[holes.length] ?? 0, index, before })
      index += 1
    }
  return holes.length === places.length ? holes : undefined
}

/** Those that overlap as well. */
function placesOf(part: string, text: string): readonly number[] {
  const places: number[] = []
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) places.push(at)
  return places
}
