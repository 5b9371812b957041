// What the materialization of a model adds to its select: the statements of its step, hooks and grants among them.

import { customModelBatches } from './custom_model_statements.js'
import { moduleModelBatches } from './module_model_statements.js'
import type { Batch } from './statement.js'
import { grants, hooks, type ModelTable, type StatementContext } from './table_statements.js'

/**
 * The statements of a model's own step. A table that its module commits gets grants and post_hook from the commit,
 * since only then are its rows there.
 */
export function modelBatches(context: StatementContext, table: ModelTable): readonly Batch[] {
  if (table.kind === 'ephemeral') return []
  const writesLater = table.module !== undefined && table.kind !== 'scratch'
  const make = table.module ? moduleModelBatches(context, table) : customModelBatches(context, table)
  const after = writesLater ? [] : [grants(context, table), hooks(context, table, 'post_hook')]
  return [hooks(context, table, 'pre_hook'), ...make, ...after].filter(batch => batch.statements.length > 0)
}
