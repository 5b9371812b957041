// profiles.yml -> Profile: which database a target is, with secrets from the environment. Nothing in here reaches
// compiled output.

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import * as z from 'zod'
import { type Adapter, adapters, type Connection } from '../adapters/registry.js'
import { collectFaults } from './collect_faults.js'
import { type Diagnostic, Faults, fail, type Place, shorten } from './diagnostics.js'
import { profileFolders } from './home_folder.js'
import { nearest } from './nearest.js'
import type { Project } from './project.js'
import { ownValue } from './records.js'
import { readSource } from './source_file.js'
import { parseYaml, validate, type YamlFile } from './yaml_file.js'

export interface Profile {
  readonly target: string
  readonly adapter: Adapter
  readonly connection: Connection
  /** profiles.yml, if a secret stands in it. */
  readonly writtenIn: string | undefined
}

/** What of a project says which profile is its own. */
export type ProfileProject = Pick<Project, 'directory' | 'yaml'> & {
  readonly settings: Pick<Project['settings'], 'profile'>
}

export interface ProfileOptions {
  readonly profilesDirectory: string | undefined
  readonly target: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Is told of every text that must never be shown, before any fault could show it. */
  readonly hide: (secrets: readonly string[]) => void
}

const fileName = 'profiles.yml'
/** Keys of a connection whose values nobody may see. */
const secretKeys = ['password', 'token', 'private_key_passphrase']
/** A value of the environment that is shorter hides nothing, and much else would be hidden with it. */
const leastSecret = 4
/** Of a value: a private key has about 3,000 letters. */
const longestValue = 20_000
export const profileSchema = z.strictObject({
  target: z.string().describe('The output to use where --target names none.'),
  outputs: z
    .record(z.string(), z.looseObject({ type: z.string() }))
    .describe('Connections by name: each a target.'),
})

/**
 * The target's connection. A project that names no profile gets the embedded database in `.seshat/db`.
 * @throws Faults (2): missing-profile, missing-target, unknown-adapter, missing-env-var, and the file's own
 */
export function loadProfile(project: ProfileProject, options: ProfileOptions): Profile {
  const { profile } = project.settings
  if (!profile) return withoutProfile(options)
  const file = findProfiles(project, options)
  const source = readSource(file, relative(project.directory, file) === fileName ? fileName : file)
  const yaml = parseYaml(source, 'secret')
  const profiles = Object.keys(validate(yaml, z.record(z.string(), z.unknown())))
  if (!profiles.includes(profile)) {
    const known =
      profiles.length > 0
        ? `Its profiles are ${profiles.join(', ')}.`
        : `Write into it: ${profile}: {target: dev, outputs: {dev: {type: embedded}}}`
    fail('missing-profile', `${yaml.file} has no profile '${profile}'`, {
      at: project.yaml.valueAt(['profile']),
      hint: nearest(profile, profiles).hint ?? known,
    })
  }
  const { target, outputs } = validate(section(yaml, [profile]), profileSchema)
  const name = options.target ?? target
  const output = ownValue(outputs, name)
  if (!output) {
    fail('missing-target', `the profile '${profile}' has no target '${name}'`, {
      at: options.target ? yaml.keyAt([profile, 'outputs']) : yaml.valueAt([profile, 'target']),
      hint: nearest(name, Object.keys(outputs)).hint ?? `Its targets are ${Object.keys(outputs).join(', ')}.`,
    })
  }
  const adapter = adapters.get(output.type)
  if (!adapter) {
    fail('unknown-adapter', `there is no adapter '${output.type}'`, {
      at: yaml.valueAt([profile, 'outputs', name, 'type']),
      hint: nearest(output.type, adapters.keys()).hint ?? `There are ${[...adapters.keys()].join(', ')}.`,
    })
  }
  const written = writtenSecrets(output)
  options.hide(written.map(text => text.slice(0, longestValue)))
  const filled = fillEnvironment(yaml, [profile, 'outputs', name], output, options)
  const { type: _, ...given } = filled
  const connection = validate(
    { ...section(yaml, [profile, 'outputs', name]), data: given },
    adapter.connection,
  )
  return { target: name, adapter, connection, writtenIn: written.length > 0 ? file : undefined }
}

/** Those that stand in the file itself: values of the keys that are for them, and where they slip into others. */
function writtenSecrets(output: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(output).flatMap(([key, value]) => {
    if (typeof value !== 'string' || isTemplate(value)) return []
    if (secretKeys.includes(key) || value.includes('-----BEGIN')) return [value]
    const [, password] = /:\/\/[^/?#:]*:([^/?#]*)@/.exec(value) ?? []
    return password === undefined ? [] : [password, unescaped(password)]
  })
}

const isTemplate = (value: string): boolean => /\{\{|\{%/.test(value)

const unescaped = (text: string): string =>
  new URLSearchParams(`=${text.replaceAll('+', '%2B')}`).get('') ?? ''

function withoutProfile(options: ProfileOptions): Profile {
  const adapter = adapters.get('embedded')
  if (!adapter) throw new Error('there is no embedded adapter')
  if (options.target && options.target !== adapter.name) {
    fail('missing-profile', `the target '${options.target}' needs a profile, and seshat.yml names none`, {
      hint: "Add 'profile: <name>' to seshat.yml and the connection to profiles.yml.",
    })
  }
  return { target: adapter.name, adapter, connection: adapter.connection.parse({}), writtenIn: undefined }
}

function findProfiles(project: ProfileProject, options: ProfileOptions): string {
  const folders = options.profilesDirectory ? [options.profilesDirectory] : profileFolders(project.directory)
  const found = folders.map(folder => join(folder, fileName)).find(path => existsSync(path))
  if (found) return found
  return fail('missing-profile', `there is no profiles.yml for the profile '${project.settings.profile}'`, {
    at: project.yaml.valueAt(['profile']),
    hint: `Looked in ${folders.join(' and ')}. Without 'profile' in seshat.yml the embedded database is used.`,
  })
}

/** The part of a file below `path`, as a file of its own whose places are still those of the whole. */
function section(yaml: YamlFile, path: readonly string[]): YamlFile {
  return {
    ...yaml,
    data: path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], yaml.data),
    valueAt: inner => yaml.valueAt([...path, ...inner]),
    keyAt: inner => yaml.keyAt([...path, ...inner]),
  }
}

function checkLength(key: string, value: string, at: Place): void {
  if (value.length > longestValue)
    fail('bad-value', `'${shorten(key)}' has more than ${longestValue.toLocaleString('en')} letters`, {
      at,
      hint: 'Write the value itself; a key that is a file is named by its path.',
    })
}

/** No template language reads this file: its values need one call, and nothing that could do more. */
const environmentCall =
  /\{\{-?\s*env_var\(\s*(['"])(\w+)\1\s*(?:,\s*(['"])((?:(?!\3)[^\n])*)\3\s*)?\)\s*-?\}\}/g

function fillEnvironment(
  yaml: YamlFile,
  path: readonly string[],
  output: Readonly<Record<string, unknown>>,
  { environment, hide }: Pick<ProfileOptions, 'environment' | 'hide'>,
): Record<string, unknown> {
  const fill = (key: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value
    const at = yaml.valueAt([...path, key])
    checkLength(key, value, at)
    if (!isTemplate(value)) return value
    const secrets = new Set<string>()
    // Ports and numbers of threads stand in too many texts.
    const isSecret = (text: string): boolean => secretKeys.includes(key) || text.length >= leastSecret
    if (isTemplate(value.replaceAll(environmentCall, '')))
      fail('bad-value', `'${key}' cannot be read: of templates only {{ env_var('NAME') }} can stand here`, {
        at,
      })
    const filled = value.replaceAll(environmentCall, (_, _quote, name: string, _other, fallback?: string) => {
      const set = ownValue(environment, name)
      const found = set ?? fallback
      if (found === undefined) {
        fail('missing-env-var', `the environment variable ${name} is not set`, {
          at,
          hint: `Set it, or give a default: {{ env_var('${name}', '...') }}.`,
        })
      }
      if (set !== undefined) secrets.add(set)
      return found
    })
    if (secrets.size > 0) secrets.add(filled)
    hide([...secrets].filter(isSecret).map(text => text.slice(0, longestValue)))
    checkLength(key, filled, at)
    return filled
  }
  const faults: Diagnostic[] = []
  const filled = Object.entries(output).map(([key, value]) => [
    key,
    collectFaults(faults, () => fill(key, value)),
  ])
  if (faults.length > 0) throw new Faults(faults)
  return Object.fromEntries(filled)
}
