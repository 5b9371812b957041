// Tables that a query reads -> diagnostics for those that are not there: whether nobody has made them yet, or the complete step of
// their module has dropped them, and what to do about it.

import type { Dialect } from '../adapters/dialect.js'
import type { Driver } from '../adapters/driver.js'
import { isScratchView, type Table } from './catalog.js'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import { isMainScratch } from './module_drops.js'
import type { Project } from './project.js'
import { type Relation, sqlName } from './relation.js'

export interface NeededTable {
  readonly relation: Relation
  /** Undefined for a source. */
  readonly table: Table | undefined
  /** Where it is named. */
  readonly at?: Place | undefined
}

/** @returns diagnostics of those that are not there; those that a module has dropped are one fault */
export async function missingTables(
  driver: Driver,
  dialect: Dialect,
  { variables }: Project,
  needed: readonly NeededTable[],
): Promise<readonly Diagnostic[]> {
  const missing: NeededTable[] = []
  for (const need of needed) {
    const { rows } = await driver.execute(dialect.tableExists(need.relation))
    if (rows[0]?.[0] !== true) missing.push(need)
  }
  const dropped = new Map<string, NeededTable[]>()
  const found: Diagnostic[] = []
  for (const need of missing) {
    const module = need.table?.module?.name
    const mode = String(variables.value(module, 'cleanup_mode'))
    if (module !== undefined && need.table && isDropped(need.table, mode))
      dropped.set(module, [...(dropped.get(module) ?? []), need])
    else found.push(notMade(need))
  }
  return [...found, ...[...dropped].map(([module, tables]) => droppedByComplete(module, tables))]
}

function isDropped(table: Table, mode: string): boolean {
  const isScratch = table.kind === 'scratch' || table.kind === 'replaced' || isScratchView(table)
  return isScratch && mode !== 'trace' && (mode !== 'debug' || !isMainScratch(table.name))
}

function notMade({ relation, table, at }: NeededTable): Diagnostic {
  const name = sqlName(relation)
  const where = at ? { at } : {}
  if (!table)
    return error('missing-relation', `there is no table ${name}`, {
      ...where,
      hint: 'Load it, or correct its schema.',
    })
  if (table.kind === 'seed' || table.seed)
    return error('missing-relation', `the seed ${name} is not loaded`, {
      ...where,
      hint: 'Load it with: seshat seed',
    })
  return error('missing-relation', `${name} is not there yet`, {
    ...where,
    hint: `Make it with: seshat run --select ${table.module?.name ?? table.name}`,
  })
}

function droppedByComplete(module: string, needed: readonly NeededTable[]): Diagnostic {
  const [first] = needed
  const names = needed.map(({ relation }) => sqlName(relation))
  const one = needed.length === 1
  const histories = new Set(needed.flatMap(({ table }) => table?.config.history ?? []))
  const instead = [...histories].map(name => ` The rows of all runs are in '${name}'.`).join('')
  const keeps = needed.every(({ table }) => isMainScratch(table?.name ?? '')) ? 'debug' : 'trace'
  const message = `${names.join(', ')} ${one ? 'holds' : 'hold'} the rows of one run, and ${module}.complete drops ${one ? 'it' : 'them'}`
  return error('missing-relation', message, {
    ...(first?.at ? { at: first.at } : {}),
    hint: `Keep ${one ? 'it' : 'them'} with: seshat run --vars '{cleanup_mode: ${keeps}}'.${instead}`,
  })
}
