// What is known of a connection -> an output of profiles.yml. What is not known comes from the environment when the profile
// is read; a secret always does.

import type { Output } from './project_files.js'

/** What people say of a connection, by the keys of profiles.yml; never a secret. */
export type ConnectionAnswers = Readonly<
  Partial<Record<'host' | 'user' | 'database' | 'account' | 'warehouse' | 'role', string>>
> & { readonly port?: number }

interface Key {
  readonly key: keyof ConnectionAnswers | 'password'
  /** The variable that says it where nobody has; none: then the key is left out. */
  readonly variable?: string
  /** What it is where that variable is not set, so that compile needs no environment. */
  readonly fallback?: string
}

const server = (prefix: string): readonly Key[] => [
  { key: 'host', variable: `${prefix}HOST`, fallback: 'localhost' },
  { key: 'port' },
  { key: 'user', variable: `${prefix}USER`, fallback: 'seshat' },
  { key: 'password', variable: `${prefix}PASSWORD`, fallback: '' },
  { key: 'database', variable: `${prefix}DATABASE`, fallback: 'web' },
]

const keysOf: Readonly<Record<string, readonly Key[]>> = {
  embedded: [],
  postgres: server('PG'),
  redshift: server('REDSHIFT_'),
  snowflake: [
    { key: 'account', variable: 'SNOWFLAKE_ACCOUNT', fallback: 'myorg-web' },
    { key: 'user', variable: 'SNOWFLAKE_USER', fallback: 'SESHAT' },
    { key: 'password', variable: 'SNOWFLAKE_PASSWORD', fallback: '' },
    { key: 'role' },
    { key: 'warehouse', variable: 'SNOWFLAKE_WAREHOUSE', fallback: 'TRANSFORM' },
    { key: 'database', variable: 'SNOWFLAKE_DATABASE', fallback: 'WEB' },
  ],
}

/** The warehouses that `init` can write a profile for. */
export const knownAdapters: readonly string[] = Object.keys(keysOf)

/** What to ask of a connection of this adapter, in order. */
export const questionsOf = (adapter: string): readonly Key[] =>
  (keysOf[adapter] ?? []).filter(({ key, variable }) => key !== 'password' && variable !== undefined)

export function outputOf(name: string, adapter: string, answers: ConnectionAnswers): Output {
  const keys = (keysOf[adapter] ?? []).flatMap(({ key, variable, fallback }) => {
    const given = key === 'password' ? undefined : answers[key]
    if (given !== undefined && given !== '') return [[key, given] as const]
    return variable === undefined ? [] : [[key, fromEnvironment(variable, fallback)] as const]
  })
  const path = adapter === 'embedded' ? ([['path', '.seshat/db']] as const) : []
  return { name, keys: [['type', adapter], ...keys, ...path] }
}

const fromEnvironment = (variable: string, fallback: string | undefined): string =>
  fallback === undefined ? `{{ env_var('${variable}') }}` : `{{ env_var('${variable}', '${fallback}') }}`

/** The environment variables that an output takes its values from. */
export const variablesOf = (output: Output): readonly string[] =>
  output.keys.flatMap(([, value]) => /env_var\('([^']+)'/.exec(String(value))?.[1] ?? [])
