// What a project is compared with: a commit of its git repository, a folder with a project, or a target folder that an
// earlier compilation has left. Reads; the working tree and the repository stay as they are.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Dialect } from '../adapters/dialect.js'
import { compiledFiles } from './artifacts.js'
import { compilePlan } from './compile.js'
import { fail } from './diagnostics.js'
import { loadProject } from './project.js'
import { type NodeState, type ProjectState, projectState, stateVersion } from './project_state.js'

export interface ComparedState {
  readonly state: ProjectState
  /** The compiled file of a node; undefined where it is not to be had. */
  textOf(target: string, node: NodeState): string | undefined
}

export interface ComparedTarget {
  readonly name: string
  readonly dialect: Dialect
}

/**
 * The state of the project in a folder, for each target.
 * @param variables the text of --vars
 * @throws Faults of compiling it
 */
export function stateOfProject(
  directory: string,
  variables: string | undefined,
  targets: readonly ComparedTarget[],
): ComparedState {
  const project = loadProject(directory, variables)
  const compiled = new Map(
    targets.map(({ name, dialect }) => [
      name,
      compilePlan(project, {
        dialect,
        target: name,
        select: [],
        exclude: [],
        fullRefresh: false,
        tests: true,
      }),
    ]),
  )
  const files = new Map<string, ReadonlyMap<string, string>>()
  const filesOf = (target: string): ReadonlyMap<string, string> => {
    const plan = compiled.get(target)
    const found =
      files.get(target) ?? new Map(plan ? compiledFiles(plan).map(({ path, text }) => [path, text]) : [])
    files.set(target, found)
    return found
  }
  return {
    state: projectState(compiled),
    textOf: (target, { compiled_file: path }) => (path === null ? undefined : filesOf(target).get(path)),
  }
}

/**
 * @param base a folder with seshat.yml or manifest.json, else a git ref
 * @param directory of the project that is compared with it
 * @throws Faults `unknown-base`, `bad-manifest`, and those of compiling the base
 */
export function loadBase(
  base: string,
  directory: string,
  variables: string | undefined,
  targets: readonly ComparedTarget[],
): ComparedState {
  const folder = resolve(base)
  if (existsSync(join(folder, 'manifest.json'))) return stateOfTarget(folder)
  if (existsSync(join(folder, 'seshat.yml'))) return stateOfProject(folder, variables, targets)
  const commit = git(directory, ['rev-parse', '--verify', '--quiet', `${base}^{commit}`])
    ?.toString()
    .trim()
  if (!commit)
    fail('unknown-base', `'${base}' is no git ref here, and no folder with seshat.yml or manifest.json`, {
      hint: existsSync(folder)
        ? 'Name the folder of a project, or the target folder of a compilation.'
        : 'Name a branch, a tag or a commit of this repository; in CI, fetch it first.',
    })
  const extracted = mkdtempSync(join(tmpdir(), 'seshat-base-'))
  try {
    extract(directory, commit, extracted)
    return stateOfProject(extracted, variables, targets)
  } finally {
    rmSync(extracted, { recursive: true, force: true })
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

/** Writes the project's files of a commit into a folder; links are left out. */
function extract(directory: string, commit: string, folder: string): void {
  const prefix = git(directory, ['rev-parse', '--show-prefix'])?.toString().trim() ?? ''
  const listing = git(directory, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    commit,
    '--',
    prefix === '' ? '.' : prefix,
  ])
  const files = (listing?.toString().split('\0') ?? []).flatMap(entry => {
    const [, mode, hash, path] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
    return path !== undefined && mode !== '120000' && /\.(sql|ya?ml|csv)$/.test(path)
      ? [{ hash: hash ?? '', path: path.slice(prefix.length) }]
      : []
  })
  if (!files.some(({ path }) => path === 'seshat.yml'))
    fail('unknown-base', `the commit ${commit.slice(0, 12)} has no seshat.yml in this folder`, {
      hint: 'Choose a commit that has the project.',
    })
  const contents =
    git(directory, ['cat-file', '--batch'], files.map(({ hash }) => `${hash}\n`).join('')) ?? Buffer.alloc(0)
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

function stateOfTarget(folder: string): ComparedState {
  const path = join(folder, 'manifest.json')
  const state = readManifest(path)
  for (const [name, target] of Object.entries(state.targets))
    if (!target.whole)
      fail('bad-manifest', `${path} is that of a selection, so nothing can be said of what it lacks`, {
        hint: `Compile everything: seshat compile --all-adapters (its target ${name} is a part).`,
      })
  return {
    state,
    textOf: (target, { compiled_file: file }) => {
      const compiled = join(folder, 'compiled', target, file ?? '')
      return file !== null && existsSync(compiled) ? readFileSync(compiled, 'utf8') : undefined
    },
  }
}

function readManifest(path: string): ProjectState {
  const read = (): unknown => {
    try {
      return JSON.parse(readFileSync(path, 'utf8'))
    } catch (cause) {
      return fail('bad-manifest', `${path} is no JSON`, {
        cause: String(cause),
        hint: 'Compile again: seshat compile.',
      })
    }
  }
  const state = read() as Partial<ProjectState>
  if (state.version !== stateVersion || typeof state.targets !== 'object')
    fail(
      'bad-manifest',
      `${path} is of format ${String(state.version)}, and this version reads ${stateVersion}`,
      {
        hint: 'Compile the base with a version of Seshat that writes this format.',
      },
    )
  return state as ProjectState
}
