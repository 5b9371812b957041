// What a compilation has worked out, kept in target/.cache for the next one: each parsed model by all that it is parsed from. Data
// alone, no code; whatever is kept under a key is what would be worked out again, so it decides nothing
// (docs/decisions/0018-the-compile-cache.md).

import { digest } from './digest.js'
import { isJson } from './is_json.js'
import { attemptToKeep, readKept, writeKept } from './kept_file.js'
import type { ParsedModel } from './parse.js'
import { KeptModels } from './parsed_models.js'
import { packageKey } from './state_cache.js'

interface Kept {
  readonly made: string
  readonly models: readonly (readonly [key: string, model: KeptModel])[]
}

/** A parsed model as JSON holds it. */
type KeptModel = Omit<ParsedModel, 'module' | 'test' | 'variables' | 'description' | 'rebuildSql'> & {
  readonly module: string | null
  /** Where it is another select than on other runs. */
  readonly rebuildSql?: string
  readonly description?: string
  readonly variables: readonly (readonly [string, unknown])[]
}

export class CompileCache {
  readonly models = new KeptModels()
  /** Of the package, in all its files. */
  readonly made = packageKey()
  readonly #name: string

  /**
   * @param folder target/.cache
   * @param targets what is compiled for: each has a file of its own
   */
  constructor(
    private readonly folder: string,
    targets: readonly string[],
  ) {
    this.#name = `${digest(JSON.stringify(targets))}.compile.json`
    const kept = readKept<Kept>(folder, this.#name)
    if (kept?.made !== this.made) return
    for (const [key, model] of kept.models) this.models.learn(key, restored(model))
  }

  /** What was used or added, unless all of it is there already. */
  save(): void {
    if (!this.models.added.some(keptModel)) return
    const models = [...this.models.used].flatMap(([key, model]) => {
      const kept = keptModel(model)
      return kept ? [[key, kept] as const] : []
    })
    const kept: Kept = { made: this.made, models }
    attemptToKeep(this.folder, () => writeKept(this.folder, this.#name, kept))
  }
}

/** undefined for what JSON would give back otherwise, and for tests, which have functions */
function keptModel({
  module,
  test,
  variables,
  description,
  rebuildSql,
  ...model
}: ParsedModel): KeptModel | undefined {
  const kept = {
    ...model,
    module: module?.name ?? null,
    variables: [...variables],
    ...(description === undefined ? {} : { description }),
    ...(rebuildSql === model.sql ? {} : { rebuildSql }),
  }
  // All else is text, and places.
  const isSame = [kept.config, kept.columns, kept.variables].every(isJson)
  return test === undefined && isSame ? kept : undefined
}

/** Its module is known by name alone; whoever takes it puts that of the project in its place. */
const restored = ({ module, variables, description, rebuildSql, ...model }: KeptModel): ParsedModel => ({
  ...model,
  rebuildSql: rebuildSql ?? model.sql,
  module: module === null ? undefined : ({ name: module } as NonNullable<ParsedModel['module']>),
  test: undefined,
  description,
  variables: new Map(variables as readonly (readonly [string, never])[]),
})
