// One playbook file of SQL-Runner, open to be read: its YAML without templates, with the places of what stands in it.

import type { Place } from '../diagnostics.js'
import type { SourceFile } from '../source_file.js'
import { parseYaml, type YamlFile } from '../yaml_file.js'
import { type PlaybookText, readPlaybookText } from './playbook_text.js'

/** Something of a playbook that the project does not have. */
export interface LeftOver {
  readonly at: Place
  readonly what: string
}

export interface Playbook {
  readonly yaml: YamlFile
  readonly text: PlaybookText
  readonly data: Readonly<Record<string, unknown>>
}

/** @throws Faults `bad-yaml` where it is none, even without its templates */
export function openPlaybook(file: SourceFile): Playbook {
  const text = readPlaybookText(file.text)
  const yaml = parseYaml({ path: file.path, text: text.yaml })
  return { yaml, text, data: isMap(yaml.data) ? yaml.data : {} }
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys have a colon before them, or on both sides: `:steps:`, `:name`. */
export const bareName = (key: string): string => key.replace(/^:|:$/g, '')

/** How a map writes a key. */
export const keyOf = (map: Readonly<Record<string, unknown>>, name: string): string =>
  Object.keys(map).find(key => bareName(key) === name) ?? `:${name}:`
