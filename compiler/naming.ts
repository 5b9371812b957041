// Name and materialization of a table -> its relation: which schema it stands in, what it is called there.

import type { Catalog } from './catalog.js'
import { fitting } from './data_tests/test_names.js'
import type { Materialization } from './model_config.js'
import type { Module } from './module.js'
import type { Project } from './project.js'
import { maxIdentifierBytes, type Relation } from './relation.js'

/** What a rebuild from the events calls its tables until it swaps them in. */
const asideSuffix = '__rebuild'

/** Turns names into relations by the schema variables and `entropy`. */
export class Naming {
  /** @param aside tables get names of their own beside those of production */
  constructor(
    private readonly project: Project,
    private readonly aside = false,
  ) {}

  private text(name: string, module?: string): string {
    return String(this.project.variables.value(module, name))
  }

  private: Catalog['privateRelation'] = (schema, name, module) => ({
    schema: this.text(schema, module),
    name: name + (this.aside ? asideSuffix : '') + this.text('entropy'),
  })

  table(name: string, kind: Materialization, module: Module | undefined, schema?: string): Relation {
    const scratch = kind === 'scratch' || kind === 'staged' || (kind === 'view' && module !== undefined)
    const relation = this.private(scratch ? 'scratch_schema' : 'output_schema', name, module?.name)
    return schema ? { ...relation, schema } : relation
  }

  /** Where a test keeps its failing rows; its name gives way to a long entropy. */
  kept(name: string, module: Module | undefined, schema?: string): Relation {
    const suffix = this.text('entropy')
    const relation = this.private('scratch_schema', '', module?.name)
    return {
      schema: schema ?? relation.schema,
      name: fitting(name, maxIdentifierBytes - Buffer.byteLength(suffix)) + suffix,
    }
  }

  /** Of what somebody else fills; a rebuild reads it where it stands. */
  get given(): Naming {
    return new Naming(this.project)
  }
}
