// A compilation, while its files are written -> what is kept of it, by which the next one can be spared.

import type { CompilationWitness, WrittenFile } from '../artifacts.js'
import type { CompiledPlan } from '../compile.js'
import { digestOfPieces, fileDigest } from '../digest.js'
import type { ParsedModel } from '../parse.js'
import { compiledPath, type Step } from '../plan.js'
import { recordOf } from '../records.js'
import type { Relation } from '../relation.js'
import { printsKnown } from './edited_template.js'
import type { LastCompilation, LastModel, LastTarget } from './last_compilation.js'

export class CompilationNotes implements CompilationWitness {
  readonly #targets: TargetNotes[] = []
  #manifest = ''

  constructor(
    private readonly made: string,
    private readonly profile: string | null,
  ) {}

  begun(name: string, compiled: CompiledPlan): (files: readonly WrittenFile[]) => void {
    const notes = new TargetNotes(name, compiled)
    this.#targets.push(notes)
    return files => {
      notes.files = files
    }
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
      texts: known.map(({ path, text }) => [path, text]),
    }
  }
}

class TargetNotes {
  files: readonly WrittenFile[] = []
  readonly #relations = new Map<string, Relation>()
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
      const times = timesWritten[step.materialized ?? '']
      if (!table || !model || times === undefined || !isAlone(model, step)) continue
      this.#noteRelations(model)
      const last: LastModel = {
        name: model.name,
        compiled: compiledPath(step),
        sql: printsKnown(texts.get(model.file) ?? '') ? null : model.sql,
        times,
        columns: table.columns.map(({ name, type }) => (type === undefined ? { name } : { name, type })),
        described: described.has(model.name),
      }
      this.#models.set(model.file, JSON.stringify(last))
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

  kept(): LastTarget {
    const { input, plan } = this.compiled
    return {
      name: this.name,
      adapter: input.dialect.name,
      steps: plan.steps.length,
      files: this.files,
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
  madeOf.selects.size === 1 &&
  madeOf.models.size === 1 &&
  madeOf.models.has(model.name)

/** How many statements of a model take its select (custom_model_statements.ts), where it is always the same. */
const timesWritten: Readonly<Record<string, number>> = { view: 1, table: 2, incremental: 2 }
