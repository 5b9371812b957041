// A project of models of each kind, what may be done to it between two compilations, and whether a compilation was spared.

import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { CommandResult } from './command_line.js'
import { modulesOff, type TestProject, temporaryProject } from './support.js'

export type Files = Readonly<Record<string, string>>

export const recompiledFiles: Files = {
  'seshat.yml': `name: t\nvars: {custom: {least: 3, tax: '1.2'}}\nmodels: {'.': {tags: [all]}}\n${modulesOff('base', 'page_views', 'sessions', 'users')}`,
  'macros/half.sql':
    "{% macro half(x) %}{{ x }} / 2{% endmacro %}\n{% macro twice(x) %}{{ adapter.dispatch('twice')(x) }}{% endmacro %}\n{% macro default__twice(x) %}{{ x }} * 2{% endmacro %}\n{% macro redshift__twice(x) %}{{ x }} + {{ x }}{% endmacro %}",
  'models/orders.yml':
    'models:\n  - name: orders\n    description: Orders.\n    columns:\n      - {name: order_id, type: bigint, data_tests: [not_null]}\n      - {name: amount}\n  - name: totals\n    description: Totals.\n    columns: [{name: customer_id, type: varchar(36)}]\n',
  'models/orders.sql':
    "{{ config(materialized='table', tags=['daily']) }}\n\nselect o.order_id, o.customer_id, o.amount\nfrom {{ source('shop', 'orders') }} as o\nwhere o.amount > 0\n",
  'models/marts/totals.sql':
    "{{ config(materialized='view') }}\nselect o.customer_id, sum(o.amount) as amount\nfrom {{ ref('orders') }} as o\ngroup by o.customer_id;\n",
  'models/marts/priced.sql':
    "{{ config(materialized='table', post_hook=['analyze {{ this }}'], grants={'select': ['reader']}) }}\nselect o.order_id, {{ half('o.amount') }} as half, {{ twice('o.amount') }} as twice, o.amount * {{ var('tax') }} as taxed\nfrom {{ ref('orders') }} as o -- prices\n",
  'models/shared.sql':
    "{{ config(materialized='ephemeral') }}\nselect o.order_id from {{ ref('orders') }} as o where o.amount > 10",
  'models/marts/large.sql':
    "select s.order_id, t.amount from {{ ref('shared') }} as s\ncross join {{ ref('totals') }} as t",
  'models/marts/grown.sql':
    "{{ config(materialized='incremental', unique_key='order_id') }}\nselect o.order_id, o.amount from {{ ref('orders') }} as o where o.amount > 1",
  'models/marts/dated.sql':
    "{{ config(materialized='incremental', unique_key=['order_id']) }}\nselect o.order_id from {{ ref('orders') }} as o\n{% if is_incremental() %}where o.order_id > 5{% endif %}",
  'models/marts/short.sql': 'select 1 as one',
  'models/marts/off.sql': '{{ config(enabled=false) }}\nselect 1 as one',
  'tests/positive.sql': "select o.order_id from {{ ref('orders') }} as o where o.amount < 0",
  'seeds/rates.csv': 'code,rate\nEUR,1\n',
}

export const orders = 'models/orders.sql'
export const priced = 'models/marts/priced.sql'

export const edited = (path: string, from: string | RegExp, to: string): Files => {
  const text = recompiledFiles[path] ?? ''
  const changed = text.replace(from, to)
  assert.notEqual(changed, text, `${path} has no ${from}`)
  return { ...recompiledFiles, [path]: changed }
}

export async function compiledBefore(words: readonly string[] = ['--all-adapters']): Promise<TestProject> {
  const project = temporaryProject(recompiledFiles)
  const { code, stderr } = await project.seshat('compile', ...words)
  assert.equal(code, 0, stderr)
  return project
}

/** Of the model that most tests edit. */
export const compiledFile = (target: string): string => join(target, 'compiled/postgres/custom/orders.sql')
export const keptFile = (target: string): string => join(target, '.cache/last.compilation.json')

/** All files of a target folder but what is kept for the next time. */
export const compiledIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
      .filter(entry => entry.isFile() && !join(entry.parentPath, entry.name).includes('.cache'))
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(path => [relative(folder, path), readFileSync(path, 'utf8')]),
  )

export const targetOf = ({ directory }: TestProject): string => join(directory, 'target')

/** Puts a project's files in the place of those that are there. */
export function bringTo({ directory }: TestProject, files: Files): void {
  for (const folder of ['models', 'macros', 'tests', 'seeds'])
    rmSync(join(directory, folder), { recursive: true, force: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}

interface Outcome extends CommandResult {
  readonly files: ReadonlyMap<string, string>
}

/** What it says and leaves, where nothing of the folder's own name is left in its words. */
export async function outcomeOf(project: TestProject, words: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await project.seshat('compile', ...words)
  const clean = (text: string): string => text.replaceAll(project.directory, '<project>')
  return { code, stdout: clean(stdout), stderr: clean(stderr), files: compiledIn(targetOf(project)) }
}

const cold = new Map<string, Promise<Outcome>>()

/** The same for a project in a folder of its own, where nothing is kept; each once. */
function coldOutcome(files: Files, words: readonly string[]): Promise<Outcome> {
  const key = JSON.stringify([files, words])
  const found = cold.get(key) ?? outcomeOf(temporaryProject(files), words)
  cold.set(key, found)
  return found
}

/**
 * Compiles a project that was compiled before, and a copy of it that was not: the same words, the same files.
 * @returns whether the project was not compiled as a whole
 */
export async function sameAsCold(
  project: TestProject,
  files: Files,
  words: readonly string[],
): Promise<boolean> {
  const anew = await coldOutcome(files, words)
  const before = compiledIn(targetOf(project))
  const unread = markUnread(project)
  const warm = await outcomeOf(project, words)
  // What has faults leaves the folder as it was, and what is compiled for one target leaves the others.
  const left = [...before].filter(([path]) => !isAnew(path, anew.files))
  const expected = new Map([...(anew.code === 0 ? left : before), ...anew.files].sort())
  assert.deepEqual({ ...warm, files: new Map([...warm.files].sort()) }, { ...anew, files: expected })
  return warm.code === 0 && unread()
}

/** Of a target that is compiled for. */
function isAnew(path: string, files: ReadonlyMap<string, string>): boolean {
  const [first, target] = path.split('/')
  return first !== 'compiled' || files.has(`compiled/${target}/plan.txt`)
}

/** What a whole compilation reads first is touched by it. */
function markUnread(project: TestProject): () => boolean {
  const cache = join(targetOf(project), '.cache')
  const kept = existsSync(cache)
    ? readdirSync(cache)
        .filter(name => name.endsWith('.compile.json'))
        .map(name => join(cache, name))
    : []
  const past = new Date('2001-01-01T00:00:00Z')
  for (const path of kept) utimesSync(path, past, past)
  return () => kept.length > 0 && kept.every(path => statSync(path).mtimeMs === past.getTime())
}
