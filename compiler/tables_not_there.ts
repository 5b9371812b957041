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

/** @returns a diagnostic for each that is not there */
export async function missingTables(
  driver: Driver,
  dialect: Dialect,
  { variables }: Project,
  needed: readonly NeededTable[],
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = []
  for (const { relation, table, at } of needed) {
    const { rows } = await driver.execute(dialect.tableExists(relation))
    if (rows[0]?.[0] === true) continue
    const mode = String(variables.value(table?.module?.name, 'cleanup_mode') ?? 'all')
    const { message, hint } = describe(sqlName(relation), table, mode)
    found.push(error('missing-relation', message, { hint, ...(at ? { at } : {}) }))
  }
  return found
}

function describe(name: string, table: Table | undefined, mode: string): { message: string; hint: string } {
  if (!table) return { message: `there is no table ${name}`, hint: 'Load it, or correct its schema.' }
  if (table.kind === 'seed' || table.seed)
    return { message: `the seed ${name} is not loaded`, hint: 'Load it with: seshat seed' }
  const isScratch = table.kind === 'scratch' || table.kind === 'replaced' || isScratchView(table)
  const module = table.module?.name
  if (!isScratch || module === undefined)
    return {
      message: `${name} is not there yet`,
      hint: `Make it with: seshat run --select ${module ?? table.name}`,
    }
  const keeps = isMainScratch(table.name) ? 'debug' : 'trace'
  const history = table.config.history
  const instead = history === undefined ? '' : ` All rows of all runs are in '${history}'.`
  const message = `${name} holds the rows of one run, and ${module}.complete drops it`
  if (mode === keeps || mode === 'trace')
    return { message: `${name} is not there yet`, hint: `Make it with: seshat run --select ${module}` }
  return { message, hint: `Keep it with: seshat run --vars '{cleanup_mode: ${keeps}}'.${instead}` }
}
