// The last compilation, and the files as they are now -> what is compiled, where nothing but text in models of the project has
// changed since. Every file is looked at; what does not fit is for a whole compilation, which finds the faults too.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostics.js'
import { digest, digestOfPieces, fileDigest } from '../digest.js'
import { type ProjectFiles, sourceEndings } from '../project_files.js'
import { readBytes } from '../read_bytes.js'
import { recordOf } from '../records.js'
import { findFiles, readSource, type SourceFile } from '../source_file.js'
import { holdsExactly, writeChanged, writeOver } from '../text_folder.js'
import { stampOf } from './file_stamps.js'
import type { LastCompilation, LastFile, LastModel, LastTarget } from './last_compilation.js'
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
  const texts = new Map(last.texts)
  const compared = comparedSources(project, last.sources, texts)
  const manifest = ifSame(readFileSync(join(directory, 'manifest.json')), last.manifest)
  if (!compared || !manifest) return undefined
  const { sources, edited } = compared
  if (!last.targets.every(({ name }) => plainName.test(name))) return undefined
  const patches = last.targets.map(target => patchedTarget(target, texts, edited, directory))
  if (!patches.every(patch => patch !== undefined)) return undefined
  const targets = patches.map(({ target }) => target)
  if (edited.length === 0)
    return [compared, ...patches].some(({ isRestamped }) => isRestamped)
      ? { ...last, sources, targets }
      : last
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
    sources,
    manifest: digestOfPieces(patched),
    targets,
    texts: [...new Map([...texts, ...edited.map(({ path, text }) => [path, text] as const)])],
  }
}

/** Of a target: the name of a folder, which leads nowhere else, whoever has written what is kept. */
const plainName = /^(?!\.)[\w.-]+$/

interface ComparedSources {
  readonly sources: readonly LastFile[]
  /** Models that say something else than before. */
  readonly edited: readonly SourceFile[]
  /** Whether a file has another stamp than it had. */
  readonly isRestamped: boolean
}

/**
 * The files of the project, as project.ts reads them.
 * @param texts of the models that may be edited
 * @returns undefined where there is a fault, where there are other files, and where another one than those models says something else
 * @throws Faults of reading one
 */
function comparedSources(
  files: ProjectFiles,
  [settings, ...last]: readonly LastFile[],
  texts: ReadonlyMap<string, string>,
): ComparedSources | undefined {
  const faults: Diagnostic[] = []
  const found = Object.entries(sourceEndings).flatMap(([folder, endings]) =>
    findFiles(files.directory, folder, endings, faults),
  )
  if (faults.length > 0 || !settings || found.length !== last.length) return undefined
  if (fileDigest(files.settings()) !== settings[1]) return undefined
  const sources: LastFile[] = [settings]
  const edited: SourceFile[] = []
  let isRestamped = false
  for (const [index, { absolute, path, isFile }] of found.entries()) {
    const [lastPath, text, known] = last[index] ?? []
    if (path !== lastPath || text === undefined) return undefined
    // Before it is read: what is changed meanwhile has another one the next time.
    const stamp = stampOf(absolute)
    isRestamped ||= stamp !== known
    let own = text
    if (!isStill(stamp, known)) {
      const file = readSource(absolute, path, isFile)
      own = fileDigest(file)
      if (own !== text && !texts.has(path)) return undefined
      if (own !== text) edited.push(file)
    }
    sources.push(lastFile(path, own, stamp))
  }
  return { sources, edited, isRestamped }
}

interface PatchedTarget {
  readonly target: LastTarget
  /** Whether a file has another stamp than it had. */
  readonly isRestamped: boolean
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
  const files: LastFile[] = []
  const models = new Map<string, PatchedModel>()
  let isRestamped = false
  for (const [path, text, known] of target.files) {
    const file = `${folder}/${path}`
    const edit = noted.get(path)
    if (edit?.model) {
      const bytes = ifSame(readBytes(file), text)
      const before = { path: edit.file.path, text: texts.get(edit.file.path) ?? '' }
      const patched = bytes && patchedModel(target, edit.model, before, edit.file, bytes.toString())
      if (!patched) return undefined
      models.set(edit.file.path, patched)
      files.push([path, digest(patched.file)])
      continue
    }
    // Before it is read: what is changed meanwhile has another one the next time.
    const stamp = stampOf(file)
    if (!isStill(stamp, known) && !ifSame(readBytes(file), text)) return undefined
    isRestamped ||= stamp !== known
    files.push(lastFile(path, text, stamp))
  }
  if (models.size < edited.length) return undefined
  const anew = [...models].map(([path, { model }]) => [path, JSON.stringify(model)] as const)
  return {
    isRestamped,
    target: { ...target, files, models: recordOf([...Object.entries(target.models), ...anew]) },
    models: [...models.values()],
  }
}

/** Whether a file is what it was when it had a stamp. */
const isStill = (stamp: string | undefined, known: string | undefined): boolean =>
  stamp !== undefined && stamp === known

const lastFile = (path: string, text: string, stamp: string | undefined): LastFile =>
  stamp === undefined ? [path, text] : [path, text, stamp]

/** The bytes, where this is their digest. */
const ifSame = (bytes: Buffer, expected: string): Buffer | undefined =>
  digest(bytes) === expected ? bytes : undefined
