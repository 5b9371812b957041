// Parsed models, kept as long as the process lives, and beyond it by compile_cache.ts: on another adapter, on the other side of a
// comparison, and the next time, most files are the same and read the same. Kept by all that a model is parsed from, so that none
// can be stale.

import type { Dialect } from '../adapters/dialect.js'
import { digest, fileDigest } from './digest.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import type { ModelProperties } from './settings.js'
import type { SourceFile } from './source_file.js'
import type { TargetName } from './template_functions.js'

/** By all that they are parsed from. */
export class KeptModels {
  readonly #learned = new Map<string, ParsedModel>()
  readonly used = new Map<string, ParsedModel>()
  /** Those that had to be parsed. */
  readonly added: ParsedModel[] = []

  learn(key: string, model: ParsedModel): void {
    this.#learned.set(key, model)
  }

  get(key: string): ParsedModel | undefined {
    const found = this.used.get(key) ?? this.#learned.get(key)
    if (found) this.used.set(key, found)
    return found
  }

  add(key: string, model: ParsedModel): void {
    this.added.push(model)
    this.used.set(key, model)
  }
}

/** Of this process. */
const known = new KeptModels()

export class ParsedModels {
  private readonly shared: string
  private readonly target: string

  constructor(
    private readonly project: Project,
    dialect: Dialect,
    target: TargetName,
    private readonly kept: KeptModels = known,
  ) {
    this.shared = digest(JSON.stringify(sharedInputs(project)))
    this.target = JSON.stringify([dialect.name, target.name])
  }

  /** The model of a file: one that was parsed from the same before, else what `parse` gives. @throws Faults of `parse` */
  model(file: SourceFile, properties: ModelProperties | undefined, parse: () => ParsedModel): ParsedModel {
    const key = digest(JSON.stringify([this.shared, file.path, fileDigest(file), properties ?? null]))
    const ofTarget = key + this.target
    const found = this.kept.get(key) ?? this.kept.get(ofTarget)
    // Modules are told apart by identity, and each project has its own.
    if (found) return { ...found, module: found.module && this.project.modules.get(found.module.name) }
    const parsed = parse()
    this.kept.add(parsed.readsTarget ? ofTarget : key, parsed)
    return parsed
  }
}

/** Of a project, all that any of its models can be parsed from, apart from its own file and what YAML says of it. */
function sharedInputs({ settings, modules, variables, macros }: Project): unknown {
  const scopes = [undefined, ...modules.keys()]
  return [
    settings.models,
    [...modules.values()].map(({ folder, definition }) => [folder, definition]),
    scopes.map(module => variables.names(module).map(name => [name, variables.value(module, name) ?? null])),
    macros,
  ]
}
