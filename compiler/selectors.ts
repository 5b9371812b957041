// The named selections of seshat.yml: what stands under `selectors`, in one shape whichever way it is written, and what is
// wrong with it before anybody uses one.

import { collectFaults } from './collect_faults.js'
import { type Diagnostic, error, Faults, type Place } from './diagnostics.js'
import { nearest } from './nearest.js'
import { atomsOf, checkAtom } from './select_atoms.js'
import type { ProjectSettings } from './settings.js'
import type { YamlFile } from './yaml_file.js'

export interface Selector {
  readonly name: string
  readonly description: string | undefined
  readonly select: readonly SelectorText[]
  readonly exclude: readonly SelectorText[]
  readonly at: Place
}

/** Words as after --select, and where they stand. */
interface SelectorText {
  readonly text: string
  readonly at: Place
}

export type Selectors = ReadonlyMap<string, Selector>

type Path = readonly (string | number)[]

export function readSelectors(settings: ProjectSettings, yaml: YamlFile): Selectors {
  return new Map(
    Object.entries(settings.selectors).map(([name, written]) => {
      const path: Path = ['selectors', name]
      const texts = (value: string | readonly string[] | undefined, at: Path): readonly SelectorText[] => {
        if (value === undefined) return []
        if (typeof value === 'string') return [{ text: value, at: yaml.valueAt(at) }]
        return value.map((text, index) => ({ text, at: yaml.valueAt([...at, index]) }))
      }
      const inParts = typeof written === 'object' && 'select' in written
      const selector: Selector = {
        name,
        description: inParts ? written.description : undefined,
        select: inParts ? texts(written.select, [...path, 'select']) : texts(written, path),
        exclude: inParts ? texts(written.exclude, [...path, 'exclude']) : [],
        at: yaml.keyAt(path),
      }
      return [name, selector]
    }),
  )
}

/** Words that are no selection, names of selectors that there are not, and selectors that go round in a circle. */
export function selectorFaults(selectors: Selectors): readonly Diagnostic[] {
  const faults: Diagnostic[] = []
  const uses = new Map<string, readonly string[]>()
  for (const { name, select, exclude } of selectors.values()) {
    const used: string[] = []
    for (const { text, at } of [...select, ...exclude]) {
      for (const atom of atomsOf(text)) {
        const method = collectFaults(faults, () => placed(at, () => checkAtom(atom)))
        if (method?.name !== 'selector') continue
        const found = [...selectors.keys()].filter(method.matches)
        if (found.length === 0) faults.push(unknownSelector(method.value, selectors, at))
        used.push(...found)
      }
    }
    uses.set(name, used)
  }
  return [...faults, ...cycleFaults(selectors, uses)]
}

/** Gives faults of `work` that have no place the one of the text they come from. */
export function placed<T>(at: Place, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
    throw new Faults(
      cause.diagnostics.map(found => ({ at, ...found })),
      cause.exitCode,
    )
  }
}

export function unknownSelector(name: string, selectors: Selectors, at?: Place): Diagnostic {
  const names = [...selectors.keys()]
  const all = names.length > 0 ? `There are ${names.join(', ')}.` : 'seshat.yml has no selectors.'
  return error('unknown-selector', `there is no selector '${name}'`, {
    ...(at ? { at } : {}),
    hint: nearest(name, names).hint ?? all,
  })
}

/** Each circle once, from the selector in it that stands first. */
function cycleFaults(
  selectors: Selectors,
  uses: ReadonlyMap<string, readonly string[]>,
): readonly Diagnostic[] {
  const faults: Diagnostic[] = []
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name)
    if (start !== -1) {
      faults.push(cycle(path.slice(start), selectors))
      return
    }
    if (done.has(name)) return
    for (const used of uses.get(name) ?? []) visit(used, [...path, name])
    done.add(name)
  }
  for (const name of selectors.keys()) visit(name, [])
  return faults
}

function cycle(path: readonly string[], selectors: Selectors): Diagnostic {
  const [first, ...others] = path.map(name => selectors.get(name)).filter(found => found !== undefined)
  return error('selector-cycle', `selectors go round in a circle: ${[...path, path[0]].join(' -> ')}`, {
    ...(first ? { at: first.at } : {}),
    related: others.map(({ at, name }) => ({ at, message: name })),
    hint: 'Take one of them out of the other.',
  })
}
