// Text files -> a folder that holds them and nothing else. What is there already with the same text is left as it is:
// reading a file costs a tenth of writing it over, and most of a project compiles to what it compiled to before.

import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { digest } from './digest.js'
import { isSystemError } from './system_errors.js'
import { piecesOf } from './text_pieces.js'

export interface TextFile {
  /** Below the folder, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Makes a folder and those above it. Node's own way to do that goes on for ever below /proc. */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  try {
    mkdirSync(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause // another process was quicker
  }
}

/** Makes the folder, or brings it up to date. @returns a digest of each text, in the order of the files */
export function writeFolder(folder: string, files: readonly TextFile[]): readonly string[] {
  const there = prepareFolder(
    folder,
    files.map(({ path }) => path),
  )
  return writeFiles(folder, files, there)
}

/**
 * Makes the folder and those in it, and takes out what is none of the files.
 * @param files paths of all that there will be
 * @returns those that are there already, with whatever text
 */
export function prepareFolder(folder: string, files: readonly string[]): ReadonlySet<string> {
  const paths = new Set(files)
  const folders = new Set(files.flatMap(foldersAbove))
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) rmSync(folder, { force: true })
  makeFolder(folder)
  const there = new Set<string>()
  removeOthers(folder, '', paths, folders, there)
  for (const path of folders) makeFolder(join(folder, path))
  return there
}

/** @param there what prepareFolder gave @returns a digest of each text, in the order of the files */
export function writeFiles(
  folder: string,
  files: readonly TextFile[],
  there: ReadonlySet<string>,
): readonly string[] {
  return files.map(({ path, text }) => {
    const pieces = [...piecesOf(text)]
    if (there.has(path)) writeChanged(join(folder, path), pieces)
    else writeNew(join(folder, path), pieces)
    return digest(text)
  })
}

/** Whether a folder holds files of these paths, below folders of theirs, and nothing else. */
export function holdsExactly(folder: string, files: readonly string[]): boolean {
  const expected = new Set([...files, ...files.flatMap(foldersAbove).map(path => `${path}/`)])
  const visit = (path: string): boolean =>
    readdirSync(join(folder, path), { withFileTypes: true }).every(entry => {
      const below = path + entry.name
      if (entry.isDirectory()) return expected.delete(`${below}/`) && visit(`${below}/`)
      return entry.isFile() && expected.delete(below)
    })
  return (
    lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true && visit('') && expected.size === 0
  )
}

/** `a/b/c.sql` lies in `a` and `a/b`. */
const foldersAbove = (path: string): readonly string[] => {
  const above = dirname(path)
  return above === '.' ? [] : [...foldersAbove(above), above]
}

/** @param left those of the files that are there are added */
function removeOthers(
  root: string,
  folder: string,
  files: ReadonlySet<string>,
  folders: ReadonlySet<string>,
  left: Set<string>,
): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory() && folders.has(path)) removeOthers(root, path, files, folders, left)
    else if (entry.isFile() && files.has(path)) left.add(path)
    else rmSync(join(root, path), { recursive: true, force: true })
  }
}

/**
 * Writes a file whose folder is there, unless it holds this text already.
 * @param pieces of the text, each with whole letters
 */
export function writeChanged(path: string, pieces: readonly string[]): void {
  if (!holds(readIfThere(path), pieces)) write(path, pieces, 'w')
}

/** Writes a file that holds something else. */
export function writeOver(path: string, pieces: readonly Buffer[]): void {
  removeLink(path)
  write(path, pieces, 'w')
}

/** Writes a file that was not there a moment ago; what came in between, a link too, is looked at first. */
function writeNew(path: string, pieces: readonly string[]): void {
  try {
    write(path, pieces, 'wx')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    writeChanged(path, pieces)
  }
}

function write(path: string, pieces: readonly (string | Buffer)[], flag: 'w' | 'wx'): void {
  try {
    const file = openSync(path, flag)
    try {
      for (const piece of pieces) writeFileSync(file, piece)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    // What fails while writing, as on a full disk, does not name the file.
    if (isSystemError(cause)) cause.path ??= path
    throw cause
  }
}

function holds(there: Buffer | undefined, pieces: readonly string[]): boolean {
  if (!there) return false
  let at = 0
  const isThere = (piece: string): boolean => {
    const bytes = Buffer.from(piece)
    const from = at
    at += bytes.length
    return there.subarray(from, at).equals(bytes)
  }
  return pieces.every(isThere) && at === there.length
}

const readIfThere = (path: string): Buffer | undefined => (removeLink(path) ? readFileSync(path) : undefined)

/** Writing to a link or a pipe would end somewhere else, or never. @returns whether a file is there */
function removeLink(path: string): boolean {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry && !entry.isFile() && !entry.isDirectory()) rmSync(path)
  return entry?.isFile() === true
}
