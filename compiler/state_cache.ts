// What takes long to compute, kept in target/.cache by all that it is made of: the states that were compared last, so that the
// next comparison need not compile them again, and for pages the lineage and the picture of the graph. Only time is at stake:
// what is damaged, gone or not to be written is computed, and the folder may be deleted whenever one likes.

import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ComparedState } from './base_state.js'
import { digest } from './digest.js'
import { attemptToKeep, readKept, writeKept } from './kept_file.js'
import type { ProjectState } from './manifest.js'
import { packageDirectory, packageVersion } from './source_file.js'

/** Compiled files by their path, by target. */
type CompiledTexts = Readonly<Record<string, Readonly<Record<string, string>>>>

/** How many states are kept, and how many of each other kind. */
const kept = 5

/** `lineage`: of a whole project; `picture`: the graph, drawn. */
export type KeptKind = 'lineage' | 'picture'

/** @param content all that decides what is computed, apart from the package itself */
export const cacheKey = (content: unknown): string => digest(JSON.stringify([packageFiles(), content]))

/** All that decides what a compilation makes of a project, apart from that. */
export const packageKey = (): string => cacheKey('compile')

/** Where the program lies that is running: the bundle, or the modules of it. */
const programFolders = import.meta.url.endsWith('/bundle/seshat.js')
  ? ['dist/bundle']
  : ['dist/compiler', 'dist/adapters']

/** The version, and, for those who work on the package, the size and the time of each of its files. */
function packageFiles(): readonly unknown[] {
  const files = [...programFolders, 'models', 'macros'].flatMap(folder =>
    readdirSync(join(packageDirectory, folder), { recursive: true, encoding: 'utf8' })
      .sort()
      .map(file => {
        const { size, mtimeMs } = statSync(join(packageDirectory, folder, file))
        return [folder, file, size, mtimeMs]
      }),
  )
  return [packageVersion(), files]
}

export class StateCache {
  /** @param folder where it is; made when there is something to keep */
  constructor(private readonly folder: string) {}

  /** What is kept under a key, else what `compute` gives, which is then kept. */
  stateOf(key: string, compute: () => ComparedState): ComparedState {
    const state = readKept<ProjectState>(this.folder, `${key}.state.json`)
    if (state) {
      let texts: CompiledTexts | undefined
      return {
        state,
        textOf: (target, { compiled_file: path }) => {
          texts ??= readKept<CompiledTexts>(this.folder, `${key}.texts.json`) ?? textsOf(compute())
          return path === null ? undefined : texts[target]?.[path]
        },
      }
    }
    const computed = compute()
    this.keep(key, computed)
    return computed
  }

  /** @param content all that decides what `compute` gives, apart from the package itself */
  valueOf<T>(kind: KeptKind, content: unknown, compute: () => T): T {
    return this.valueAt<T>(kind, content) ?? this.keepValue(kind, content, compute())
  }

  valueAt<T>(kind: KeptKind, content: unknown): T | undefined {
    return readKept<T>(this.folder, `${cacheKey(content)}.${kind}.json`)
  }

  keepValue<T>(kind: KeptKind, content: unknown, value: T): T {
    attemptToKeep(this.folder, () => {
      writeKept(this.folder, `${cacheKey(content)}.${kind}.json`, value)
      const files = this.files().filter(({ name }) => name.endsWith(`.${kind}.json`))
      const newest = files.sort((a, b) => b.time - a.time)
      for (const { name } of newest.slice(kept)) rmSync(join(this.folder, name), { force: true })
    })
    return value
  }

  private keep(key: string, computed: ComparedState): void {
    attemptToKeep(this.folder, () => {
      writeKept(this.folder, `${key}.texts.json`, textsOf(computed))
      writeKept(this.folder, `${key}.state.json`, computed.state)
      this.removeOldest()
    })
  }

  private files(): { readonly name: string; readonly time: number }[] {
    return readdirSync(this.folder).flatMap(name => {
      const found = statSync(join(this.folder, name), { throwIfNoEntry: false })
      return found ? [{ name, time: found.mtimeMs }] : []
    })
  }

  /** Of others that work at the same time only what is older than all that is kept. */
  private removeOldest(): void {
    const isValue = (name: string): boolean => /\.(lineage|picture|compile|compilation)\.json$/.test(name)
    const files = this.files().filter(({ name }) => !isValue(name))
    const states = files.filter(({ name }) => name.endsWith('.state.json')).sort((a, b) => b.time - a.time)
    const oldest = states[kept - 1]
    const keys = new Set(states.slice(0, kept).map(({ name }) => keyOf(name)))
    for (const { name, time } of files)
      if (oldest && time < oldest.time && !keys.has(keyOf(name)))
        rmSync(join(this.folder, name), { force: true })
  }
}

const keyOf = (name: string): string | undefined => name.split('.')[0]

const textsOf = ({ state, textOf }: ComparedState): CompiledTexts =>
  Object.fromEntries(
    Object.entries(state.targets).map(([target, { nodes }]) => [
      target,
      Object.fromEntries(
        nodes.flatMap(node => {
          const text = textOf(target, node)
          return text === undefined ? [] : [[node.compiled_file ?? '', text]]
        }),
      ),
    ]),
  )
