// Text files of a project and of the package. Everything that is compiled comes in here, in sorted order and
// with normalised line ends, so that no file system and no checkout setting reaches the output.

import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collectFaults } from './collect_faults.js'
import { type Diagnostic, error, Faults, fail, type Place } from './diagnostics.js'
import { readBytes } from './read_bytes.js'

export interface SourceFile {
  /** With forward slashes, relative to the project; files of the package begin with `seshat:`. */
  readonly path: string
  /** Line ends are `\n`, no byte order mark. */
  readonly text: string
}

export const packageDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as { version: string }).version
/** Paths of the package's own files begin with this, wherever it is installed. */
export const packagePrefix = 'seshat:'

export const isStandard = (file: SourceFile): boolean => file.path.startsWith(packagePrefix)

/** What a model or a seed is called: its file without folders and ending; the text of an option by the option. */
export const baseName = (file: SourceFile): string =>
  file.path.replace(/^(.*\/|--)/, '').replace(/\.[a-z]+$/, '')

export const readPackageFile = (path: string): SourceFile =>
  readSource(join(packageDirectory, path), packagePrefix + path)

/** A file larger than this is a mistake: data that lies in the wrong folder, or too much of it for a seed. */
const maxBytes = (path: string): number => (path.endsWith('.csv') ? 50_000_000 : 1_000_000)

/**
 * Reads one text file.
 * @param isFile whether that is known
 * @throws Faults `unreadable-file` for what is no UTF-8 text, or too large.
 */
export function readSource(absolute: string, path: string, isFile = false): SourceFile {
  let bytes: Buffer
  try {
    // Reading a pipe or a device would wait for somebody to write.
    if (!isFile && !statSync(absolute).isFile())
      fail('unreadable-file', `${path} is no file`, { at: startOf(path), hint: 'Put a file in its place.' })
    bytes = readBytes(absolute, maxBytes(path) + 1)
  } catch (cause) {
    if (cause instanceof Faults) throw cause
    fail('unreadable-file', `${path} cannot be read`, {
      at: startOf(path),
      cause: (cause as Error).message,
      hint: 'Give the right to read it, or remove it.',
    })
  }
  return sourceOf(path, bytes)
}

function checkSize(path: string, bytes: number): void {
  if (bytes > maxBytes(path))
    fail('unreadable-file', `${path} is larger than ${maxBytes(path) / 1_000_000} MB`, {
      at: startOf(path),
      hint: 'Keep data out of the project, but for seeds.',
    })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text that the bytes of a file are. @throws Faults `unreadable-file` for what is no UTF-8 text, or too large. */
export function sourceOf(path: string, bytes: Buffer): SourceFile {
  checkSize(path, bytes.length)
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    fail('unreadable-file', `${path} is not UTF-8 text`, {
      at: startOf(path),
      hint: 'Save the file as UTF-8.',
    })
  }
  return checkedText({ path, text })
}

/** A text with line ends normalised. @throws Faults `unreadable-file` for control characters */
export function checkedText({ path, text: given }: SourceFile): SourceFile {
  const text = given.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.exec(text)
  if (control) {
    throw new Faults([
      error('unreadable-file', `${path} holds a control character (code ${text.charCodeAt(control.index)})`, {
        at: placeAt(path, text, control.index, 1),
        hint: 'Remove the character; model and configuration files are plain text.',
      }),
    ])
  }
  return { path, text }
}

/** Where a file is, and what it is called in a project. */
interface FoundFile {
  readonly absolute: string
  readonly path: string
  /** A link may lead to one. */
  readonly isFile: boolean
}

/**
 * Every file below `folder` whose name ends in one of `endings`, read, sorted by path.
 * Faults, `unreadable-file`, are added to `faults`; what can be read is given.
 */
export const readFolder = (
  root: string,
  folder: string,
  endings: readonly string[],
  faults: Diagnostic[],
  prefix = '',
): readonly SourceFile[] =>
  findFiles(root, folder, endings, faults, prefix).flatMap(
    ({ absolute, path, isFile }) => collectFaults(faults, () => readSource(absolute, path, isFile)) ?? [],
  )

/**
 * The same, found and not read. Hidden folders are passed over; a symbolic link that leads out of `root` is an error, since a
 * checkout elsewhere would compile to something else.
 */
export function findFiles(
  root: string,
  folder: string,
  endings: readonly string[],
  faults: Diagnostic[],
  prefix = '',
): readonly FoundFile[] {
  const found: FoundFile[] = []
  const visit = (path: string, known?: Dirent): void => {
    const absolute = join(root, path)
    // What a folder says of its entries need not be asked for again, but for links.
    const entry = known?.isSymbolicLink() ? undefined : known
    if (!entry) checkLink(root, absolute, prefix + path)
    if ((entry ?? statSync(absolute)).isDirectory()) {
      const entries = readdirSync(absolute, { withFileTypes: true }).filter(
        ({ name }) => !name.startsWith('.'),
      )
      for (const inner of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
        collectFaults(faults, () => visit(path === '.' ? inner.name : `${path}/${inner.name}`, inner))
    } else if (endings.some(ending => path.endsWith(ending)))
      found.push({ absolute, path: prefix + path, isFile: entry?.isFile() ?? false })
  }
  const entry = lstatSync(join(root, folder), { throwIfNoEntry: false })
  if (entry?.isFile())
    faults.push(
      error('unreadable-file', `${folder} is a file, not a folder`, {
        at: startOf(folder),
        hint: 'Rename it.',
      }),
    )
  else if (entry) collectFaults(faults, () => visit(folder))
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

const isWithin = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep)

/** @throws Faults `unreadable-file` for a symbolic link that leads out of `root`, to nowhere or round in a circle */
export function checkLink(root: string, link: string, path: string): void {
  if (!lstatSync(link).isSymbolicLink()) return
  let target: string
  try {
    target = realpathSync(link)
  } catch {
    fail('unreadable-file', `${path} is a symbolic link to nowhere`, {
      at: startOf(path),
      hint: 'Correct where it leads, or remove it.',
    })
  }
  if (!isWithin(realpathSync(root), target)) {
    fail('unreadable-file', `${path} is a symbolic link that leads out of the project`, {
      at: startOf(path),
      hint: 'Put the file itself into the project.',
    })
  }
  if (isWithin(target, realpathSync(dirname(link)))) {
    fail('unreadable-file', `${path} is a symbolic link to a folder that it stands in`, {
      at: startOf(path),
      hint: 'Remove it.',
    })
  }
}

export const startOf = (file: string): Place => ({ file, line: 1, column: 1, length: 1 })

/** Where the lines of the text begin that was asked for last: many faults are of one file. */
let lines = { text: '', starts: [0] as readonly number[] }

function lineStartsOf(text: string): readonly number[] {
  if (lines.text === text) return lines.starts
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  lines = { text, starts }
  return starts
}

/** A line of a text, counted from 1; empty where there is none. */
export function lineOf(text: string, line: number): string {
  const starts = lineStartsOf(text)
  const start = starts[line - 1]
  return start === undefined ? '' : text.slice(start, (starts[line] ?? text.length + 1) - 1)
}

/** The place of `length` characters at `offset` of a text. */
export function placeAt(file: string, text: string, offset: number, length: number): Place {
  const starts = lineStartsOf(text)
  let [line, beyond] = [0, starts.length]
  while (beyond - line > 1) {
    const middle = (line + beyond) >> 1
    if ((starts[middle] ?? 0) <= offset) line = middle
    else beyond = middle
  }
  const end = starts[line + 1] === undefined ? text.length : (starts[line + 1] ?? 0) - 1
  const column = offset - (starts[line] ?? 0) + 1
  return { file, line: line + 1, column, length: Math.max(1, Math.min(length, end - offset)) }
}
