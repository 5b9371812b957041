// Whether every relation that a project would make has a name of its own, and one that fits: those of its tables and the
// private ones beside them.

import {
  type Catalog,
  inheritedTable,
  isStaged,
  metadataTable,
  openRunTable,
  runIdTable,
  suffixes,
  type Table,
} from './catalog.js'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import type { Project } from './project.js'
import { identifierFault, maxIdentifierBytes, type Relation, sqlName } from './relation.js'

/** A relation and the file that it comes from; without one it is Seshat's own. */
interface Named {
  readonly relation: Relation
  readonly at: Place | undefined
}

/** `duplicate-table` and `bad-identifier`; names that are too long only with entropy are one fault, that of entropy. */
export function relationFaults(
  project: Project,
  naming: Catalog['privateRelation'],
  tables: ReadonlyMap<string, Table>,
): readonly Diagnostic[] {
  const named = [
    ...ownRelations(project, naming),
    ...[...tables.values()].flatMap(table =>
      relationsOf(naming, table).map(relation => ({ relation, at: table.at })),
    ),
  ]
  return [...collisions(named), ...badNames(project, named)]
}

function ownRelations(project: Project, naming: Catalog['privateRelation']): readonly Named[] {
  const modules = [...project.modules.values()].filter(module => module.enabled)
  return [
    ...[metadataTable, inheritedTable].map(name => ({
      relation: naming('output_schema', name),
      at: undefined,
    })),
    ...[runIdTable, openRunTable].map(name => ({ relation: naming('scratch_schema', name), at: undefined })),
    ...modules.map(({ name, standard, yaml }) => ({
      relation: naming('scratch_schema', `${name}_metadata_this_run`, name),
      at: standard ? undefined : yaml.valueAt([]),
    })),
  ]
}

/** The relation of a table and the private ones that statements make beside it. */
function relationsOf(naming: Catalog['privateRelation'], table: Table): readonly Relation[] {
  if (table.kind === 'ephemeral' || table.kind === 'private') return []
  if (table.kind === 'test') return table.model?.test?.config.store_failures ? [table.relation] : []
  const beside = (suffix: string): Relation =>
    naming('scratch_schema', table.name + suffix, table.module?.name)
  if (isStaged(table))
    return [table.relation, beside(suffixes.rows), beside(suffixes.read), beside(suffixes.written)]
  if (table.kind === 'manifest')
    return [table.relation, ...(table.config.appends ? [] : [beside(suffixes.rows)])]
  if (table.kind !== 'incremental' && table.kind !== 'table') return [table.relation]
  if (table.module) return [table.relation, beside(suffixes.limits)]
  // A rebuild makes the new table aside, in the schema of the old one.
  const rows = beside(suffixes.rows)
  const aside = { schema: table.relation.schema, name: rows.name }
  return sqlName(rows) === sqlName(aside) ? [table.relation, rows] : [table.relation, rows, aside]
}

function collisions(named: readonly Named[]): readonly Diagnostic[] {
  const taken = new Map<string, Named>()
  return named.flatMap(entry => {
    const key = sqlName(entry.relation).toLowerCase()
    const twin = taken.get(key)
    taken.set(key, twin ?? entry)
    if (!twin || !entry.at) return []
    const both = twin.at ? `${twin.at.file} and ${entry.at.file}` : `one of Seshat's own and ${entry.at.file}`
    return [
      error('duplicate-table', `two things would be the table ${sqlName(entry.relation)}: ${both}`, {
        at: entry.at,
        ...(twin.at ? { related: [{ at: twin.at, message: 'the other one' }] } : {}),
        hint: 'Rename the one that is yours.',
      }),
    ]
  })
}

function badNames(project: Project, named: readonly Named[]): readonly Diagnostic[] {
  const entropy = String(project.variables.value(undefined, 'entropy'))
  const short = ({ relation }: Named): string => relation.name.slice(0, relation.name.length - entropy.length)
  const faults = new Map<string, Diagnostic>()
  for (const entry of named) {
    const name = short(entry)
    const fault = identifierFault(name)
    if (!fault || !entry.at) continue
    const key = `${entry.at.file}:${entry.at.line}`
    if (faults.has(key)) continue
    const excess = Buffer.byteLength(name) - maxIdentifierBytes
    const hint = excess > 0 ? `Make it shorter by ${excess}.` : 'Rename it.'
    faults.set(key, error('bad-identifier', `the name '${name}' ${fault}`, { at: entry.at, hint }))
  }
  if (entropy === '') return [...faults.values()]
  const [longest] = named
    .filter(entry => !identifierFault(short(entry)) && identifierFault(entry.relation.name))
    .sort((a, b) => b.relation.name.length - a.relation.name.length)
  return longest ? [...faults.values(), longEntropy(project, entropy, short(longest))] : [...faults.values()]
}

function longEntropy(project: Project, entropy: string, longest: string): Diagnostic {
  const at = project.variables.place(undefined, 'entropy')
  const room = maxIdentifierBytes - Buffer.byteLength(longest)
  return error(
    'bad-identifier',
    `with entropy, the name '${longest}${entropy}' ${identifierFault(longest + entropy)}`,
    {
      ...(at ? { at } : {}),
      hint: `Give entropy at most ${room} characters; '${longest}' is the longest name.`,
    },
  )
}
