// A commit -> the files of a project in it. Reads; the working tree and the repository stay as they are.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface CommittedFile {
  /** What git calls its content. */
  readonly hash: string
  /** Relative to the project, with forward slashes. */
  readonly path: string
}

/** The commit that `ref` names in the repository of `directory`; undefined where it names none, or git is not there. */
export const commitOf = (directory: string, ref: string): string | undefined =>
  git(directory, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
    ?.toString()
    .trim()

/** The files of a commit below `directory` that a project can be made of; links are left out. */
export function committedFiles(directory: string, commit: string): readonly CommittedFile[] {
  const prefix = git(directory, ['rev-parse', '--show-prefix'])?.toString().trim() ?? ''
  const below = prefix === '' ? '.' : prefix
  const listing = git(directory, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', below])
  return (listing?.toString().split('\0') ?? []).flatMap(entry => {
    const [, mode, hash, path] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
    return path !== undefined && mode !== '120000' && /\.(sql|ya?ml|csv)$/.test(path)
      ? [{ hash: hash ?? '', path: path.slice(prefix.length) }]
      : []
  })
}

/** Writes files of the repository of `directory` into `folder`. */
export function extractFiles(directory: string, files: readonly CommittedFile[], folder: string): void {
  const wanted = files.map(({ hash }) => `${hash}\n`).join('')
  const contents = git(directory, ['cat-file', '--batch'], wanted) ?? Buffer.alloc(0)
  let at = 0
  for (const { path } of files) {
    const header = contents.indexOf('\n', at)
    const size = Number(contents.toString('latin1', at, header).split(' ')[2])
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, contents.subarray(header + 1, header + 1 + size))
    at = header + 1 + size + 1
  }
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
    return execFileSync('git', [...args], { ...options, stdio: [...options.stdio] })
  } catch {
    return undefined // git is not there, or refuses: both are told as an unknown base
  }
}
