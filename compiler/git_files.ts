// A commit -> the files of a project in it. Reads; the working tree and the repository stay as they are.

import { execFileSync } from 'node:child_process'

export interface CommittedFile {
  /** What git calls its content. */
  readonly hash: string
  /** Relative to the project, with forward slashes. */
  readonly path: string
}

/** The commit that `ref` names in the repository of `directory`; undefined where it names none, or git is not there. */
export const commitOf = (directory: string, ref: string): string | undefined =>
  git(directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
    ?.toString()
    .trim()

/** Whether the repository of `directory`, if it is in one, keeps the file of that name in it. */
export const isTracked = (directory: string, name: string): boolean =>
  git(directory, ['ls-files', '--error-unmatch', '--', name]) !== undefined

/** The files of a commit below `directory` that a project can be made of; links are left out. */
export function committedFiles(directory: string, commit: string): readonly CommittedFile[] {
  // A folder may begin or end with white space: only the line end is git's.
  const prefix = git(directory, ['rev-parse', '--show-prefix'])?.toString().replace(/\n$/, '') ?? ''
  const below = prefix === '' ? '.' : prefix
  const listing = git(directory, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', below])
  return (listing?.toString().split('\0') ?? []).flatMap(entry => {
    const [, mode, hash, path] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
    return path !== undefined && mode !== '120000' && /\.(sql|ya?ml|csv)$/.test(path)
      ? [{ hash: hash ?? '', path: path.slice(prefix.length) }]
      : []
  })
}

/** The contents of files of the repository of `directory`, by path. */
export function contentsOf(directory: string, files: readonly CommittedFile[]): ReadonlyMap<string, Buffer> {
  const wanted = files.map(({ hash }) => `${hash}\n`).join('')
  const answer = git(directory, ['cat-file', '--batch'], wanted) ?? Buffer.alloc(0)
  const contents = new Map<string, Buffer>()
  let at = 0
  for (const { path } of files) {
    const header = answer.indexOf('\n', at)
    const size = Number(answer.toString('latin1', at, header).split(' ')[2])
    contents.set(path, answer.subarray(header + 1, header + 1 + size))
    at = header + 1 + size + 1
  }
  return contents
}

/** Undefined where git fails. */
function git(directory: string, args: readonly string[], input?: string): Buffer | undefined {
  try {
    const options = {
      cwd: directory,
      input: input ?? '',
      maxBuffer: 2 ** 31 - 1,
      stdio: ['pipe', 'pipe', 'ignore'] as const,
    }
    // Names of folders are names, and no patterns, whatever signs are in them.
    return execFileSync('git', ['--literal-pathspecs', ...args], { ...options, stdio: [...options.stdio] })
  } catch {
    return undefined // git is not there, or refuses: both are told as an unknown base
  }
}
