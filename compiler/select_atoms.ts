// The grammar of selections, without any graph: words, what a comma joins, operators around a name, a method before it.

import picomatch from 'picomatch'
import { fail } from './diagnostics.js'
import { modelConfigSchema } from './model_config.js'
import { nearest, nearestNames } from './nearest.js'

/** `2+path:models/marts+1`: what stands between spaces and commas, in its parts. */
export interface Atom {
  /** `@`: with all that is downstream, and all that this needs. */
  readonly at: boolean
  /** How many refs up and down; undefined: none; infinite: all there are. */
  readonly up: number | undefined
  readonly down: number | undefined
  /** A name, or a method and its value. */
  readonly core: string
}

/** Longer than the names of a thousand models. */
const longest = 50_000

/** @throws Faults `bad-selector` for what nobody can have written */
export function wordsOf(text: string): readonly string[] {
  if (text.length > longest)
    fail('bad-selector', `a selection is longer than ${longest} letters`, {
      hint: 'Select a folder, a tag or a module.',
    })
  return [...new Set(text.split(/\s+/).filter(word => word !== ''))]
}

/** What stands between commas; one inside braces belongs to a glob, `{a,b}*`. */
export function partsOf(word: string): readonly string[] {
  const parts = new Set<string>()
  let [start, depth] = [0, 0]
  for (let at = 0; at < word.length; at += 1) {
    if (word[at] === '{') depth += 1
    if (word[at] === '}') depth -= 1
    if (word[at] !== ',' || (depth > 0 && word.indexOf('}', at) !== -1)) continue
    parts.add(word.slice(start, at))
    start = at + 1
  }
  return [...parts.add(word.slice(start))]
}

export const atomsOf = (text: string): readonly string[] => wordsOf(text).flatMap(partsOf)

/** @throws Faults `bad-selector` */
export function parseAtom(text: string): Atom {
  const match = /^(@)?(?:(\d*)(\+))?(.+?)(?:(\+)(\d*))?$/.exec(text)
  const [, at, upDepth, up, core = '', down, downDepth] = match ?? []
  if (core === '' || core.includes('+') || core.includes('@') || (at && (up || down))) {
    fail('bad-selector', `'${text}' is not a selection`, {
      hint: 'Write name, +name, name+, 2+name+1 or @name; with a comma between two that both have to hold.',
    })
  }
  const depth = (digits: string | undefined): number => (digits ? Number(digits) : Number.POSITIVE_INFINITY)
  return {
    at: at !== undefined,
    up: up ? depth(upDepth) : undefined,
    down: down ? depth(downDepth) : undefined,
    core,
  }
}

export interface Method {
  readonly name: string
  readonly value: string
  readonly matches: (text: string) => boolean
}

/** Methods with one word before the colon; those of config have a key behind it. */
const methodNames = ['module', 'path', 'tag', 'resource_type', 'source', 'selector', 'state'] as const
export type MethodName = (typeof methodNames)[number]
const isMethod = (name: string): name is MethodName => methodNames.some(known => known === name)
const configKeys = [...Object.keys(modelConfigSchema.shape), 'severity', 'store_failures']
/** Their values are maps, so that a key of them has to follow. */
const mapKeys = ['meta', 'grants']

/** What stands before the colon of a core, and behind it; a core with a slash is a path. Undefined for a name. */
export function methodOf(core: string): Method | undefined {
  const colon = core.indexOf(':')
  if (colon === -1) return core.includes('/') ? method('path', core) : undefined
  const name = core.slice(0, colon)
  const value = core.slice(colon + 1)
  if (isMethod(name)) return method(name, value)
  if (!name.startsWith('config.')) return unknownMethod(name)
  const [key = '', ...inner] = name.slice('config.'.length).split('.')
  if (!configKeys.includes(key))
    fail(
      'bad-selector',
      `'${name}:' is no way to select: config has no key '${key}'`,
      nearest(key, configKeys),
    )
  if (mapKeys.includes(key) !== inner.length > 0)
    fail('bad-selector', `'${name}:' is no way to select: ${key} is ${inner.length > 0 ? 'no' : 'a'} map`, {
      hint: `Write config.${key}${inner.length > 0 ? '' : '.<key>'}:<value>.`,
    })
  return method(name, value)
}

const method = (name: string, value: string): Method => ({
  name,
  value,
  matches: matcher(name === 'path' ? value.replace(/^\.\//, '').replace(/\/$/, '') : value),
})

function unknownMethod(name: string): never {
  const [near] = nearestNames(name, methodNames)
  const all = [...methodNames, 'config.<key>'].map(known => `${known}:`).join(' ')
  return fail('bad-selector', `'${name}:' is no way to select`, {
    hint: near ? `Did you mean '${near}:'?` : `There are ${all}.`,
  })
}

/** A glob where it is one, else the very text. */
export function matcher(pattern: string): (text: string) => boolean {
  if (!/[*?[{]/.test(pattern)) return text => text === pattern
  const glob = picomatch(pattern, { dot: true })
  return text => glob(text) // alone: what an array's `some` gives besides, it would take for options
}

/** The method of an atom, if it has one. @throws Faults `bad-selector` */
export const checkAtom = (text: string): Method | undefined => methodOf(parseAtom(text).core)
