// What takes long to compute, kept in target/.cache by all that it is made of: the states that were compared last, so that the
// next comparison need not compile them again, and for pages the lineage and the picture of the graph. Only time is at stake:
// what is damaged, gone or not to be written is computed, and the folder may be deleted whenever one likes.

import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import type { ComparedState } from './base_state.js'
import { digest } from './digest.js'
import type { ProjectState } from './manifest.js'
import { packageDirectory, packageVersion } from './source_file.js'
import { makeFolder } from './text_folder.js'

/** Compiled files by their path, by target. */
type CompiledTexts = Readonly<Record<string, Readonly<Record<string, string>>>>

/** How many states are kept, and how many of each other kind. */
const kept = 5

/** `lineage`: of a whole project; `picture`: the graph, drawn. */
export type KeptKind = 'lineage' | 'picture'

/** @param content all that decides what is computed, apart from the package itself */
export const cacheKey = (content: unknown): string => digest(JSON.stringify([packageFiles(), content]))

/** The version, and, for those who work on the package, the size and the time of each of its files. */
function packageFiles(): readonly unknown[] {
  const files = ['dist/compiler', 'dist/adapters', 'models', 'macros'].flatMap(folder =>
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
    const state = this.read<ProjectState>(`${key}.state.json`)
    if (state) {
      let texts: CompiledTexts | undefined
      return {
        state,
        textOf: (target, { compiled_file: path }) => {
          texts ??= this.read<CompiledTexts>(`${key}.texts.json`) ?? textsOf(compute())
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
    return this.read<T>(`${cacheKey(content)}.${kind}.json`)
  }

  keepValue<T>(kind: KeptKind, content: unknown, value: T): T {
    this.attempt(() => {
      this.write(`${cacheKey(content)}.${kind}.json`, value)
      const files = this.files().filter(({ name }) => name.endsWith(`.${kind}.json`))
      const newest = files.sort((a, b) => b.time - a.time)
      for (const { name } of newest.slice(kept)) rmSync(join(this.folder, name), { force: true })
    })
    return value
  }

  private keep(key: string, computed: ComparedState): void {
    this.attempt(() => {
      this.write(`${key}.texts.json`, textsOf(computed))
      this.write(`${key}.state.json`, computed.state)
      this.removeOldest()
    })
  }

  private attempt(work: () => void): void {
    try {
      makeFolder(this.folder)
      work()
    } catch (cause) {
      if (!isFileFault(cause)) throw cause // the disk is full or read-only: the next one computes it again
    }
  }

  private files(): { readonly name: string; readonly time: number }[] {
    return readdirSync(this.folder).flatMap(name => {
      const found = statSync(join(this.folder, name), { throwIfNoEntry: false })
      return found ? [{ name, time: found.mtimeMs }] : []
    })
  }

  /** Aside, then in its place: whoever reads meanwhile finds all of it or none. */
  private write(name: string, content: unknown): void {
    const json = JSON.stringify(content)
    const aside = join(this.folder, `${name}.${pid}`)
    writeFileSync(aside, `${digest(json)}\n${json}`)
    renameSync(aside, join(this.folder, name))
  }

  private read<T>(name: string): T | undefined {
    try {
      const path = join(this.folder, name)
      if (!statSync(path).isFile()) return undefined
      const text = readFileSync(path, 'utf8')
      const border = text.indexOf('\n')
      const json = text.slice(border + 1)
      if (digest(json) !== text.slice(0, border)) return undefined
      utimesSync(path, new Date(), new Date()) // the ones used last are kept
      return JSON.parse(json) as T
    } catch (cause) {
      if (isFileFault(cause)) return undefined
      throw cause
    }
  }

  /** Of others that work at the same time only what is older than all that is kept. */
  private removeOldest(): void {
    const isValue = (name: string): boolean => /\.(lineage|picture)\.json$/.test(name)
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

const isFileFault = (cause: unknown): boolean => cause instanceof Error && 'code' in cause

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
