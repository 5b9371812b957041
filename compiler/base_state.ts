// What a project is compared with: a commit of its git repository, a folder with a project, or a target folder that an
// earlier compilation has left. Reads; the working tree and the repository stay as they are.

import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Dialect } from '../adapters/dialect.js'
import { compiledFiles } from './artifacts.js'
import { compilePlan } from './compile.js'
import { fail } from './diagnostics.js'
import { digest } from './digest.js'
import { commitOf, committedFiles, contentsOf } from './git_files.js'
import { manifestSchema, manifestVersion, type NodeState, type ProjectState } from './manifest.js'
import { loadProject, type Project, projectOf } from './project.js'
import { filesOfContents, settingsName } from './project_files.js'
import { projectState } from './project_state.js'
import { cacheKey, type StateCache } from './state_cache.js'

export interface ComparedState {
  readonly state: ProjectState
  /** The compiled file of a node; undefined where it is not to be had. */
  textOf(target: string, node: NodeState): string | undefined
}

export interface ComparedTarget {
  readonly name: string
  readonly dialect: Dialect
}

export interface Comparing {
  /** The text of --vars. */
  readonly variables: string | undefined
  readonly targets: readonly ComparedTarget[]
  readonly cache: StateCache
}

/**
 * The state of the project in a folder, for each target.
 * @throws Faults of compiling it
 */
export function stateOfFolder(directory: string, { variables, targets, cache }: Comparing): ComparedState {
  const project = loadProject(directory, variables)
  const files = project.sources.map(({ path, text }) => [path, digest(text)])
  return cache.stateOf(keyOf(files, variables, targets), () => stateOfProject(project, targets))
}

const keyOf = (files: unknown, variables: string | undefined, targets: readonly ComparedTarget[]): string =>
  cacheKey([files, variables ?? '', targets.map(({ name, dialect }) => [name, dialect.name])])

function stateOfProject(project: Project, targets: readonly ComparedTarget[]): ComparedState {
  const compiled = new Map(
    targets.map(({ name, dialect }) => [
      name,
      compilePlan(project, {
        dialect,
        target: name,
        select: [],
        exclude: [],
        fullRefresh: false,
        tests: 'data',
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
export function loadBase(base: string, directory: string, comparing: Comparing): ComparedState {
  if (base === '')
    fail('unknown-base', 'the base has no name', {
      hint: 'Name a branch, a tag, a commit, or a folder; a variable of the shell may be empty.',
    })
  const folder = resolve(base)
  if (existsSync(join(folder, 'manifest.json'))) return stateOfTarget(folder)
  if (existsSync(join(folder, settingsName))) return stateOfFolder(folder, comparing)
  const commit = commitOf(directory, base)
  if (!commit)
    fail('unknown-base', `'${base}' is no git ref here, and no folder with seshat.yml or manifest.json`, {
      hint: existsSync(folder)
        ? 'Name the folder of a project, or the target folder of a compilation.'
        : 'Name a branch, a tag or a commit of this repository; in CI, fetch it first.',
    })
  const files = committedFiles(directory, commit)
  if (!files.some(({ path }) => path === settingsName))
    fail('unknown-base', `the commit ${commit.slice(0, 12)} has no ${settingsName} in this folder`, {
      hint: 'Choose a commit that has the project.',
    })
  const { variables, targets, cache } = comparing
  return cache.stateOf(keyOf(files, variables, targets), () => {
    const committed = filesOfContents(directory, contentsOf(directory, files))
    return stateOfProject(projectOf(committed, variables), targets)
  })
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
      return file !== null && isFile(compiled) ? readFileSync(compiled, 'utf8') : undefined
    },
  }
}

const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true

function readManifest(path: string): ProjectState {
  const read = (): unknown => {
    if (!statSync(path).isFile())
      fail('bad-manifest', `${path} is no file`, {
        hint: 'Compile again: seshat compile.',
      })
    try {
      return JSON.parse(readFileSync(path, 'utf8'))
    } catch (cause) {
      return fail('bad-manifest', `${path} is no JSON`, {
        cause: (cause as Error).message,
        hint: 'Compile again: seshat compile.',
      })
    }
  }
  const data = read()
  const version = typeof data === 'object' && data !== null && 'version' in data ? data.version : undefined
  if (version !== manifestVersion)
    fail(
      'bad-manifest',
      `${path} is of format ${JSON.stringify(version)}, and this version reads ${manifestVersion}`,
      {
        hint: 'Compile the base with a version of Seshat that writes this format.',
      },
    )
  const { success, data: state, error } = manifestSchema.safeParse(data)
  if (success) return state
  const [issue] = error.issues
  return fail(
    'bad-manifest',
    `${path} is not what Seshat writes: ${issue?.path.join('.')}: ${issue?.message}`,
    {
      hint: 'Compile again: seshat compile.',
    },
  )
}
