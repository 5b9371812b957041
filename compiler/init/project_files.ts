// Answers about a new project -> the texts of its files. Pure: what `seshat init` writes is what this gives, byte for byte.

import type { VariableValue } from '../variable_declaration.js'
import { customScope } from '../variables.js'
import { exampleFiles } from './example_files.js'

/** A value for seshat.yml, and what to say of where it comes from. */
export interface Setting {
  readonly name: string
  readonly value: VariableValue
  readonly comment?: string
}

/** An output of profiles.yml: its keys in order, `type` first. */
export interface Output {
  readonly name: string
  readonly keys: readonly (readonly [key: string, value: string | number])[]
}

export interface ProjectAnswers {
  readonly name: string
  /** The first one is the default target. */
  readonly outputs: readonly [Output, ...Output[]]
  /** Directly under `vars`. */
  readonly shared: readonly Setting[]
  /** Under the name of a module, or under `custom`. */
  readonly modules: ReadonlyMap<string, readonly Setting[]>
  /** The project loads the events itself, from seeds. */
  readonly withDemoData: boolean
}

export const ignoredFiles = ['target/', '.seshat/', 'node_modules/'] as const

/** Path -> text, with forward slashes, relative to the project. */
export function projectFiles(answers: ProjectAnswers): ReadonlyMap<string, string> {
  return new Map([
    ['seshat.yml', projectYaml(answers)],
    ['profiles.yml', profilesYaml(answers)],
    ...exampleFiles,
    ['.gitignore', `${ignoredFiles.join('\n')}\n`],
  ])
}

function projectYaml({ name, shared, modules, withDemoData }: ProjectAnswers): string {
  const lines = [
    '# The project: what its variables are, and what of the standard model it uses. `seshat ls` lists what there is.',
    `name: ${name}`,
    `profile: ${name}`,
    '',
    'vars:',
    ...shared.map(setting => `  ${settingLine(setting)}`),
  ]
  for (const [module, settings] of modules) {
    if (settings.length === 0) continue
    lines.push(`  ${module}:`, ...settings.map(setting => `    ${settingLine(setting)}`))
  }
  if (!modules.has(customScope))
    lines.push(
      '  # Variables of your own models, for var(...) in them:',
      '  # custom:',
      '  #   signup_path: /signup',
    )
  if (withDemoData)
    lines.push(
      '',
      '# The events in seeds/ are made up. When yours arrive in the database, remove seeds/ and set base.start_date.',
    )
  return `${lines.join('\n')}\n`
}

const settingLine = ({ name, value, comment }: Setting): string =>
  `${name}: ${yamlValue(value)}${comment === undefined ? '' : ` # ${comment}`}`

/** Texts in quotes, but for plain words and days. */
function yamlValue(value: VariableValue): string {
  if (Array.isArray(value)) return `[${value.map(item => yamlValue(item)).join(', ')}]`
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value)
  return String(value)
}
const isPlain = (text: string): boolean =>
  /^([A-Za-z_][A-Za-z0-9_]*|\d{4}-\d{2}-\d{2})$/.test(text) &&
  !/^(true|false|null|yes|no|on|off)$/i.test(text)

function profilesYaml({ name, outputs }: ProjectAnswers): string {
  const lines = [
    '# Connections. Secrets come from the environment: nothing in this file is one. docs/warehouses.md has every key.',
    `${name}:`,
    `  target: ${outputs[0].name}`,
    '  outputs:',
  ]
  for (const { name: output, keys } of outputs) {
    lines.push(`    ${output}:`)
    for (const [key, value] of keys)
      lines.push(`      ${key}: ${typeof value === 'number' ? value : yamlValue(value)}`)
  }
  return `${lines.join('\n')}\n`
}
