// The last compilation, and the files as they are now -> what is compiled, where nothing but text in models of the project has
// changed since. Everything is read and compared; what does not fit is for a whole compilation, which finds the faults too.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostics.js'
import { digest, digestOfPieces, fileDigest } from '../digest.js'
import { type ProjectFiles, sourceEndings } from '../project_files.js'
import { readBytes } from '../read_bytes.js'
import { recordOf } from '../records.js'
import type { SourceFile } from '../source_file.js'
import { holdsExactly, writeChanged, writeOver } from '../text_folder.js'
import type { LastCompilation, LastModel, LastTarget } from './last_compilation.js'
import { withNodes } from './manifest_text.js'
import { type PatchedModel, patchedModel } from './patched_model.js'

/**
 * Brings the files of a target folder up to date.
 * @param directory where what is compiled goes
 * @returns what is to be noted now; undefined where only a whole compilation does
 */
export function recompile(
  last: LastCompilation,
  project: ProjectFiles,
  directory: string,
): LastCompilation | undefined {
  const sources = readSources(project)
  const texts = new Map(last.texts)
  const edited = sources && editedModels(last, texts, sources)
  const manifest = ifSame(readFileSync(join(directory, 'manifest.json')), last.manifest)
  if (!sources || !edited || !manifest) return undefined
  if (!last.targets.every(({ name }) => plainName.test(name))) return undefined
  const patches = last.targets.map(target => patchedTarget(target, texts, edited, directory))
  if (!patches.every(patch => patch !== undefined)) return undefined
  if (edited.length === 0) return last
  const patched = withNodes(
    manifest,
    patches.flatMap(({ target, models }) =>
      models.map(({ name, node }) => ({ target: target.name, name, change: node })),
    ),
  )
  if (!patched) return undefined
  for (const { target, models } of patches)
    for (const { compiled, file } of models)
      writeChanged(join(directory, 'compiled', target.name, compiled), [file])
  writeOver(join(directory, 'manifest.json'), patched)
  return {
    ...last,
    sources: sources.map(file => [file.path, fileDigest(file)]),
    manifest: digestOfPieces(patched),
    targets: patches.map(({ target }) => target),
    texts: [...new Map([...texts, ...edited.map(({ path, text }) => [path, text] as const)])],
  }
}

/** Of a target: the name of a folder, which leads nowhere else, whoever has written what is kept. */
const plainName = /^(?!\.)[\w.-]+$/

/** As project.ts reads them; undefined where there is a fault. */
function readSources(files: ProjectFiles): readonly SourceFile[] | undefined {
  const faults: Diagnostic[] = []
  const below = Object.entries(sourceEndings).flatMap(([folder, endings]) =>
    files.below(folder, endings, faults),
  )
  return faults.length > 0 ? undefined : [files.settings(), ...below]
}

/** Those that say something else than before; undefined where there are other files, or one that is no such model. */
function editedModels(
  { sources: known }: LastCompilation,
  texts: ReadonlyMap<string, string>,
  sources: readonly SourceFile[],
): readonly SourceFile[] | undefined {
  if (sources.length !== known.length) return undefined
  const edited: SourceFile[] = []
  for (const [index, file] of sources.entries()) {
    const [path, text] = known[index] ?? []
    if (path !== file.path) return undefined
    if (fileDigest(file) === text) continue
    if (!texts.has(path)) return undefined
    edited.push(file)
  }
  return edited
}

interface PatchedTarget {
  readonly target: LastTarget
  readonly models: readonly PatchedModel[]
}

/** undefined where the files of its folder are not as they were, or where a model has to be compiled */
function patchedTarget(
  target: LastTarget,
  texts: ReadonlyMap<string, string>,
  edited: readonly SourceFile[],
  directory: string,
): PatchedTarget | undefined {
  const folder = join(directory, 'compiled', target.name)
  if (
    !holdsExactly(
      folder,
      target.files.map(([path]) => path),
    )
  )
    return undefined
  const noted = new Map(
    edited.map(file => {
      const model = JSON.parse(target.models[file.path] ?? 'null') as LastModel | null
      return [model?.compiled, { file, model }] as const
    }),
  )
  const models = new Map<string, PatchedModel>()
  for (const [path, text] of target.files) {
    const bytes = ifSame(readBytes(`${folder}/${path}`), text)
    if (!bytes) return undefined
    const found = noted.get(path)
    if (!found?.model) continue
    const { file, model } = found
    const before = { path: file.path, text: texts.get(file.path) ?? '' }
    const patched = patchedModel(target, model, before, file, bytes.toString())
    if (patched) models.set(file.path, patched)
  }
  if (models.size < edited.length) return undefined
  const anew = [...models].map(([path, { model }]) => [path, JSON.stringify(model)] as const)
  const files = new Map([...models.values()].map(({ compiled, file }) => [compiled, digest(file)]))
  return {
    target: {
      ...target,
      files: target.files.map(([path, text]) => [path, files.get(path) ?? text]),
      models: recordOf([...Object.entries(target.models), ...anew]),
    },
    models: [...models.values()],
  }
}

/** The bytes, where this is their digest. */
const ifSame = (bytes: Buffer, expected: string): Buffer | undefined =>
  digest(bytes) === expected ? bytes : undefined
