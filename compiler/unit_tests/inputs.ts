// What a model reads, through ephemeral models too, and which rows a unit test gives of each.

import type { Catalog, Table } from '../catalog.js'
import type { Compiled } from '../compile.js'
import { type Diagnostic, error, Faults, type Place } from '../diagnostics.js'
import { nearest } from '../nearest.js'
import type { ParsedModel } from '../parse.js'
import { type ReferenceKind, resolveReferences } from '../reference.js'
import { type Relation, sqlName } from '../relation.js'
import { declaredSources } from '../sources.js'
import type { RenderedModels } from './rendered_models.js'
import type { Rows, SelectedRows } from './rows.js'

/** Something that a select reads. */
export interface Read {
  readonly relation: Relation
  /** As a template writes it: `ref('sessions')`. */
  readonly written: string
  /** A table of the catalog by its name, or a source as `name.table`. */
  readonly table: Table | undefined
  readonly source: string | undefined
}

export interface Input extends Read {
  /** Undefined where the test gives none: it is empty. */
  readonly rows: Rows | SelectedRows | undefined
}

export interface ReadsOfModel {
  /** Those that its text names on this run, by relation. */
  readonly now: ReadonlyMap<string, Read>
  /** All that rows may be given of: those, what stands in branches that are not taken, and ephemeral models. */
  readonly known: ReadonlyMap<string, Read>
  /** That of the project, with the models that stand in the select as they are for this test. */
  readonly catalog: Catalog
}

/**
 * @param given inputs as written: an ephemeral model among them is read like a table, not computed
 * @throws Faults `unknown-source`
 */
export function readsOf(
  { project, graph: { catalog } }: Pick<Compiled, 'project' | 'graph'>,
  model: ParsedModel,
  rendered: RenderedModels,
  given: ReadonlySet<string>,
): ReadsOfModel {
  const [now, known] = [new Map<string, Read>(), new Map<string, Read>()]
  const tables = new Map(catalog.tables)
  const sources = new Map(catalog.sources)
  const faults: Diagnostic[] = []
  const ofTable = (kind: ReferenceKind, name: string): Read | undefined => {
    const table = catalog.tables.get(name)
    const written = kind === 'this' ? 'this' : `${kind}('${name}')`
    return table && { relation: table.relation, written, table, source: undefined }
  }
  const ofSource = (key: string): Read | undefined => {
    const relation = sources.get(key)
    const written = `source('${key.replace('.', "', '")}')`
    return relation && { relation, written, table: undefined, source: key }
  }
  const visit = (reader: ParsedModel): void => {
    const add = (read: Read | undefined, isNow: boolean): void => {
      const { table } = read ?? {}
      if (!read) return
      known.set(read.written, read)
      if (table?.kind === 'ephemeral' && table.model) {
        if (isGiven(read, given)) tables.set(table.name, { ...table, kind: 'table' })
        else {
          const own = rendered(table)
          if (own) tables.set(table.name, { ...table, model: own })
          if (own && isNow) visit(own)
          return
        }
      }
      if (isNow) now.set(sqlName(read.relation), read)
    }
    // A variable may have it read sources that the project does not.
    for (const [key, relation] of declaredSources(project, [reader], faults)) sources.set(key, relation)
    for (const { name, at } of reader.refs) if (at !== reader.configAt) add(ofTable('ref', name), false)
    for (const { name, table } of reader.sources) add(ofSource(`${name}.${table}`), false)
    resolveReferences(reader.sql, (kind, key) => {
      const [name = ''] = key.split('.')
      add(
        kind === 'source'
          ? ofSource(key)
          : ofTable(kind === 'limit' ? 'ref' : kind, kind === 'limit' ? name : key),
        true,
      )
      return ''
    })
  }
  visit(model)
  if (faults.length > 0) throw new Faults(faults)
  return { now, known, catalog: { ...catalog, tables, sources } }
}

const isGiven = ({ written }: Read, given: ReadonlySet<string>): boolean =>
  [...given].some(text => normalized(text) === written)

/** `ref( "x" )` -> `ref('x')`. */
const normalized = (text: string): string =>
  text.replaceAll('"', "'").replaceAll(/\s+/g, '').replaceAll("','", "', '")

interface Given {
  readonly text: string
  readonly at: Place
  readonly rows: Rows | SelectedRows | undefined
}

/** Faults, `unknown-input`, are added to `faults`. */
export function readInputs(
  model: string,
  reads: ReadsOfModel,
  given: readonly Given[],
  faults: Diagnostic[],
): readonly Input[] {
  const rows = new Map<string, Given>()
  for (const entry of given) {
    const read = reads.known.get(normalized(entry.text))
    if (!read) {
      faults.push(unknownInput(model, reads, entry))
      continue
    }
    const key = sqlName(read.relation)
    const twin = rows.get(key)
    if (twin) faults.push(givenTwice(entry, twin))
    rows.set(key, entry)
  }
  return [...reads.now].map(([key, read]) => ({ ...read, rows: rows.get(key)?.rows }))
}

const givenTwice = ({ text, at }: Given, twin: Given): Diagnostic =>
  error('unknown-input', `rows of ${text} are given twice`, {
    at,
    related: [{ at: twin.at, message: 'the other ones' }],
    hint: 'Make one entry of the two.',
  })

function unknownInput(model: string, { known }: ReadsOfModel, { text, at }: Given): Diagnostic {
  const names = [...known.keys()].sort()
  const isRead = /^(ref|previous|source)\(\s*["'].*["']\s*\)$|^this$/.test(text.trim())
  const message = isRead ? `'${model}' does not read ${text}` : `'${text}' is no input`
  const written = `Write it as the model does: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' and others' : ''}.`
  const bare = names.find(name => name.includes(`('${text.trim()}')`))
  const near = nearest(normalized(text), names).hint
  return error('unknown-input', message, {
    at,
    hint: bare ? `Write ${bare}.` : (near ?? (names.length > 0 ? written : 'It reads nothing.')),
  })
}
