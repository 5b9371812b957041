// What a compilation leaves in target/: a file of SQL per step, the order of the plan, and the manifest. Stable names,
// sorted keys, no clock and no path of this machine.

import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Compiled } from './compile.js'
import { makeDestroyPlan, type Plan, type Step } from './plan.js'
import { sqlName } from './relation.js'
import { inOrder, renderBatches } from './statement.js'
import { type TextFile, writeChanged, writeFolder } from './text_folder.js'

/** Where a step's statements stand, below the folder of its target. */
export const compiledPath = (step: Step): string => `${step.module}/${step.id}.sql`

/** Every file of a compiled plan. The steps that drop a module are there to be read; they are no part of the plan. */
function compiledFiles(compiled: Compiled & { readonly plan: Plan }): readonly TextFile[] {
  const { plan } = compiled
  const modules = new Set(plan.steps.map(step => step.module))
  const lives = [...compiled.graph.lives.values()].filter(life => modules.has(life.module.name))
  const destroy = makeDestroyPlan(compiled.input, lives).steps
  const runs = [
    { path: 'run/preflight.sql', batches: [inOrder(...plan.preflight)] },
    { path: 'run/open.sql', batches: plan.opening },
    { path: 'run/close.sql', batches: plan.closing },
  ].filter(({ batches }) => batches.some(batch => batch.statements.length > 0))
  const order = [
    ...runs.slice(0, -1).map(run => run.path),
    ...plan.steps.map(compiledPath),
    ...runs.slice(-1).map(run => run.path),
  ]
  return [
    ...runs.map(({ path, batches }) => ({ path, text: renderBatches(batches) })),
    ...[...plan.steps, ...destroy].map(step => ({ path: compiledPath(step), text: renderStep(step) })),
    { path: 'plan.txt', text: `${order.join('\n')}\n` },
  ]
}

function renderStep(step: Step): string {
  if (!step.seed) return renderBatches(step.batches)
  const { table, rows, analyze } = step.seed
  return `${renderBatches(step.batches)}
-- one transaction: the rows of ${table.seed?.path} take the place of those there
--   delete from ${sqlName(table.relation)};
--   load ${sqlName(table.relation)} (${rows.columns.join(', ')})
${analyze === undefined ? '' : `\n-- statistics of ${sqlName(table.relation)}\n${analyze};\n`}`
}

export function writeCompiled(
  targetDirectory: string,
  name: string,
  compiled: Compiled & { readonly plan: Plan },
): void {
  writeFolder(join(targetDirectory, 'compiled', name), compiledFiles(compiled))
}

export function writeManifest(
  targetDirectory: string,
  compiled: readonly (Compiled & { readonly plan: Plan })[],
): void {
  mkdirSync(targetDirectory, { recursive: true })
  writeChanged(join(targetDirectory, 'manifest.json'), `${JSON.stringify(manifest(compiled), null, 2)}\n`)
}

function manifest(all: readonly (Compiled & { readonly plan: Plan })[]): unknown {
  const [first] = all
  if (!first) return {}
  const { graph, project } = first
  const steps = all.map(({ input, plan }) => ({
    adapter: input.dialect.name,
    of: new Map(plan.steps.map(step => [step.id, step])),
  }))
  return {
    version: 1,
    project: project.settings.name,
    nodes: Object.fromEntries(
      graph.order.map(id => {
        const node = graph.graph.node(id)
        const { table } = node
        return [
          id,
          {
            kind: node.kind,
            module: node.module?.name ?? null,
            file: table?.model?.file ?? table?.seed?.path ?? null,
            materialized: table?.kind ?? null,
            relation: table && table.kind !== 'ephemeral' ? sqlName(table.relation) : null,
            tags: table?.config.tags ?? [],
            meta: table?.config.meta ?? {},
            columns: table?.columns.map(({ name, type }) => ({ name, type: type ?? null })) ?? [],
            depends_on: [...(graph.graph.predecessors(id) ?? [])].sort(),
            variables: Object.fromEntries(
              [...(table?.model?.variables ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)),
            ),
            statements: Object.fromEntries(
              steps.map(({ adapter, of }) => [adapter, statementsHash(of.get(id))]),
            ),
          },
        ]
      }),
    ),
  }
}

const statementsHash = (step: Step | undefined): string | null =>
  step ? createHash('sha256').update(renderBatches(step.batches)).digest('hex') : null
