// A model whose text was edited -> its compiled file and its node of the manifest as they are now.

import { columnsOf } from '../column_states.js'
import type { Place } from '../diagnostics.js'
import { digest } from '../digest.js'
import type { NodeState } from '../manifest.js'
import { resolveReferences } from '../reference.js'
import { selectParts } from '../select_columns.js'
import { SelectStates } from '../select_state.js'
import type { SourceFile } from '../source_file.js'
import { tokenTextsOf } from '../sql_token_texts.js'
import { editedTemplate } from './edited_template.js'
import type { LastModel, LastTarget } from './last_compilation.js'

export interface PatchedModel {
  readonly name: string
  /** Below the folder of the target. */
  readonly compiled: string
  readonly file: string
  /** What is noted of it from now on. */
  readonly model: LastModel
  /** undefined where it cannot be told */
  node(before: NodeState): NodeState | undefined
}

/**
 * @param model what is noted of it
 * @param before its file as it was
 * @param compiled its compiled file as it was
 * @returns undefined where it has to be compiled
 */
export function patchedModel(
  { relations, backslashEscapes }: Pick<LastTarget, 'relations' | 'backslashEscapes'>,
  model: LastModel,
  before: SourceFile,
  now: SourceFile,
  compiled: string,
): PatchedModel | undefined {
  const edited = editedTemplate(before, model.sql, now)
  if (!edited) return undefined
  const { sql, was, placeOf } = edited
  if (model.described && columnNames(sql) !== columnNames(was)) return undefined
  const finished = (text: string): string =>
    resolveReferences(text, (kind, key) => relations[`${kind}:${key}`] ?? '')
  const select = finished(sql)
  const old = finished(was)
  // Were the same words somewhere else by chance, there would be more places than statements take it.
  if (timesIn(compiled, old) !== model.times) return undefined
  return {
    name: model.name,
    compiled: model.compiled,
    file: compiled.replaceAll(old, () => select),
    model: { ...model, sql: model.sql === null ? null : sql },
    node(state) {
      const found = new SelectStates().of({ sql, rebuildSql: sql }, backslashEscapes)
      const places = placedAnew(state, placeOf)
      const statements = withSelect(state, model, old, select)
      return (
        places &&
        statements && {
          ...state,
          hash: digest(now.text),
          columns: columnsOf({ columns: model.columns, module: undefined }, found.columns),
          ...places,
          select: found.state,
          statements,
        }
      )
    },
  }
}

/** As the tests that YAML declares read them off a select (data_tests/tested_tables.ts). */
const columnNames = (sql: string): string =>
  JSON.stringify(selectParts(tokenTextsOf(sql, false))?.columns.map(({ name }) => name) ?? null)

function placedAnew(
  { config_at, refs, sources }: NodeState,
  placeOf: (place: Place) => Place | undefined,
): Pick<NodeState, 'config_at' | 'refs' | 'sources'> | undefined {
  const configAt = config_at && placeOf(config_at)
  const moved = [refs, sources].map(references =>
    references.flatMap(({ name, at }) => {
      const place = placeOf(at)
      return place ? [{ name, at: place }] : []
    }),
  )
  const [movedRefs = [], movedSources = []] = moved
  if (configAt === undefined || movedRefs.length < refs.length || movedSources.length < sources.length)
    return undefined
  return { config_at: configAt, refs: movedRefs, sources: movedSources }
}

/** undefined where it stands otherwise than once in each of those that take it */
function withSelect(
  { statements }: NodeState,
  { times }: LastModel,
  old: string,
  select: string,
): NodeState['statements'] | undefined {
  const found = statements.map(({ sql }) => timesIn(sql, old))
  if (found.some(count => count > 1) || found.filter(count => count === 1).length !== times) return undefined
  return statements.map(statement => ({ ...statement, sql: statement.sql.replace(old, () => select) }))
}

/** How often a part stands in a text; places that overlap count too. */
function timesIn(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count += 1
  return count
}
