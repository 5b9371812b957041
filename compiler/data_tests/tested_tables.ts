// The tables of a project by name -> what is known of one whose rows are tested, or that a relationship leads to.

import { isDisabled } from '../model_checks.js'
import type { ParsedModel } from '../parse.js'
import type { Project } from '../project.js'
import { ownValue } from '../records.js'
import { seedColumnNames } from '../seed_properties.js'
import { selectParts } from '../select_columns.js'
import { typedSourceColumns } from '../sources.js'
import { tokenTextsOf } from '../sql_token_texts.js'
import type { TestedTable } from './declared_tests.js'

/** What is known of the table whose rows are tested. */
export interface Subject {
  /** As a template reads it: `ref('orders')`, `source('shop', 'orders')`. */
  readonly written: string
  readonly name: string
  /** Columns that tell one of its rows from another; empty where none are known. */
  readonly keys: readonly string[]
  /** Of a production table of a module: by it rows of another system are told from ours. */
  readonly inheritedBy: string | undefined
  /** Undefined where they cannot be read off the model for certain. */
  readonly columns: readonly string[] | undefined
}

export class TestedTables {
  readonly #models: ReadonlyMap<string, ParsedModel>

  constructor(
    private readonly project: Project,
    models: readonly ParsedModel[],
  ) {
    this.#models = new Map(models.filter(({ test }) => !test).map(model => [model.name, model]))
  }

  /** Undefined for one that is not part of the project. */
  subject({ kind, name }: TestedTable): Subject | undefined {
    if (kind === 'model') {
      const model = this.#models.get(name)
      return model && !isDisabled(model) ? subjectOf(model) : undefined
    }
    const columns = this.declaredColumns(name)
    if (kind === 'seed' && !columns) return undefined
    const written = kind === 'seed' ? `ref('${name}')` : `source('${name.replace('.', "', '")}')`
    return { written, name, keys: [], inheritedBy: undefined, columns }
  }

  /** @param name of a model or seed, or of a source as `name.table`; undefined where nobody has declared them all */
  declaredColumns(name: string): readonly string[] | undefined {
    const model = this.#models.get(name)
    if (model) return columnsOfModel(model)
    const [source = '', table] = name.split('.')
    if (table === undefined) return seedColumnNames(this.project, name)
    const columns = typedSourceColumns(this.project, source, table).map(column => column.name)
    return columns.length > 0 && !ownValue(this.project.model.sources, source) ? columns : undefined
  }
}

function subjectOf(model: ParsedModel): Subject {
  const { name, module, config } = model
  const isProduction = module !== undefined && config.materialized === 'incremental'
  return {
    written: `ref('${name}')`,
    name,
    keys: config.unique_key ?? [],
    inheritedBy: isProduction ? config.time_key : undefined,
    columns:
      columnsOfModel(model) ??
      selectParts(tokenTextsOf(model.sql, false))?.columns.map(column => column.name),
  }
}

/** As declared for a module's table; of a custom model its select says what there is. */
const columnsOfModel = ({ module, columns, config }: ParsedModel): readonly string[] | undefined =>
  module && columns.length > 0
    ? [...columns.map(({ name }) => name), ...(config.extra_columns ?? [])]
    : undefined
