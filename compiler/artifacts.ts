// What a compilation leaves in target/: a file of SQL per step, the order of the plan, and the manifest. Stable names,
// sorted keys, no clock and no path of this machine.

import { join } from 'node:path'
import type { CompiledPlan } from './compile.js'
import { jsonPieces } from './json_pieces.js'
import type { Lineage } from './lineage.js'
import { compiledPath, makeDestroyPlan, type Step } from './plan.js'
import { stateByNode } from './project_state.js'
import { sqlName } from './relation.js'
import { questionBatches } from './report_questions.js'
import type { SecondThread } from './second_thread.js'
import type { SelectStates } from './select_state.js'
import { type Batch, inOrder, renderBatches } from './statement.js'
import { makeFolder, type TextFile, writeChanged, writeFolder } from './text_folder.js'
import { joined } from './text_pieces.js'

interface RunFile {
  readonly path: string
  readonly batches: readonly Batch[]
}

/** Every file of a compiled plan. The steps that drop a module are there to be read; they are no part of the plan. */
export function compiledFiles(compiled: CompiledPlan): readonly TextFile[] {
  const plan = { ...compiled.plan, steps: compiled.plan.steps.filter(({ unitTest }) => !unitTest) }
  const modules = new Set(plan.steps.map(step => step.module))
  const lives = [...compiled.graph.lives.values()].filter(life => modules.has(life.module.name))
  const destroy = makeDestroyPlan(compiled.input, lives).steps
  const isAny = ({ batches }: RunFile): boolean => batches.some(({ statements }) => statements.length > 0)
  const before: readonly RunFile[] = [
    { path: 'run/preflight.sql', batches: [inOrder(...plan.preflight)] },
    { path: 'run/open.sql', batches: plan.opening },
  ].filter(isAny)
  const after: readonly RunFile[] = [
    { path: 'run/close.sql', batches: plan.closing },
    { path: 'run/report.sql', batches: questionBatches(plan.report) },
  ].filter(isAny)
  const order = [
    ...before.map(({ path }) => path),
    ...plan.steps.map(compiledPath),
    ...after.map(({ path }) => path),
  ]
  return [
    ...[...before, ...after].map(({ path, batches }) => textFile(path, () => renderBatches(batches))),
    ...[...plan.steps, ...destroy].map(step => textFile(compiledPath(step), () => renderStep(step))),
    { path: 'plan.txt', text: `${order.join('\n')}\n` },
  ]
}

/** Rendered when it is asked for, and kept by nobody. */
const textFile = (path: string, render: () => string): TextFile => ({
  path,
  get text() {
    return render()
  },
})

/** Everything that a step runs, as it stands in its file. */
export function renderStep(step: Step): string {
  if (!step.seed) return renderBatches(step.batches)
  const { table, rows, analyze } = step.seed
  return `${renderBatches(step.batches)}
-- one transaction: the rows of ${table.seed?.path} take the place of those there
--   delete from ${sqlName(table.relation)};
--   load ${sqlName(table.relation)} (${rows.columns.join(', ')})
${analyze === undefined ? '' : `\n-- statistics of ${sqlName(table.relation)}\n${analyze};\n`}`
}

export function writeCompiled(targetDirectory: string, name: string, compiled: CompiledPlan): void {
  writeFolder(join(targetDirectory, 'compiled', name), compiledFiles(compiled))
}

/** Is told of what is written. */
export interface CompilationWitness {
  /** @returns is told of the compiled files of the target, when they are there */
  begun(name: string, compiled: CompiledPlan): (files: readonly WrittenFile[]) => void
  /** @param pieces of its text */
  manifestWritten(pieces: readonly string[]): void
}

/** With a digest of its text. */
export type WrittenFile = readonly [path: string, digest: string]

/**
 * Compiled files and manifest of each target, by its name.
 * @param thread writes the compiled files while the manifest is worked out; it is closed then
 */
export async function writeTarget(
  targetDirectory: string,
  compiled: ReadonlyMap<string, CompiledPlan>,
  thread: SecondThread,
  {
    lineage,
    witness,
  }: { readonly lineage?: Lineage | undefined; readonly witness?: CompilationWitness | undefined } = {},
): Promise<void> {
  const written = [...compiled].map(async ([name, plan]) => {
    const files = compiledFiles(plan)
    const digests = thread.write(join(targetDirectory, 'compiled', name), files)
    const tell = witness?.begun(name, plan)
    const found = await digests
    tell?.(files.map(({ path }, index) => [path, found[index] ?? '']))
  })
  const manifest = manifestPieces(compiled, lineage, thread.selectStates())
  witness?.manifestWritten(manifest)
  await Promise.all(written)
  void thread.close() // meanwhile
  writeManifestFile(targetDirectory, manifest)
}

/** @param compiled by the name of their target */
export const writeManifest = (targetDirectory: string, compiled: ReadonlyMap<string, CompiledPlan>): void =>
  writeManifestFile(targetDirectory, manifestPieces(compiled))

/** Of ten thousand models it has forty million letters, and what is said of a node takes more memory than its text. */
function manifestPieces(
  compiled: ReadonlyMap<string, CompiledPlan>,
  lineage?: Lineage,
  selects?: SelectStates,
): readonly string[] {
  const levels = 4 // down to each node of a target
  return [...joined(jsonPieces(stateByNode(compiled, lineage, selects), levels, { indented: true })), '\n']
}

function writeManifestFile(targetDirectory: string, pieces: readonly string[]): void {
  makeFolder(targetDirectory)
  writeChanged(join(targetDirectory, 'manifest.json'), pieces)
}
