// The JSON schemas for editors: those in schemas/ are what the code gives, every key says what it is, and a validator that
// knows nothing of Seshat finds projects that are right right and others wrong. UPDATE_GOLDEN=1 writes them anew.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Ajv, type ValidateFunction } from 'ajv'
import { parse } from 'yaml'
import { type JsonSchema, jsonSchemas } from '../compiler/json_schemas.js'
import type { ProjectState } from '../compiler/manifest.js'
import { packageDirectory } from './command_line.js'
import { documentation, readPage } from './docs_pages.js'
import { temporaryProject } from './support.js'

const folder = join(packageDirectory, 'schemas')
const made = jsonSchemas()
if (process.env['UPDATE_GOLDEN']) {
  mkdirSync(folder, { recursive: true })
  for (const [file, schema] of made) writeFileSync(join(folder, file), `${JSON.stringify(schema, null, 2)}\n`)
}
const read = (...path: readonly string[]): string => readFileSync(join(packageDirectory, ...path), 'utf8')
const validators = new Map<string, ValidateFunction>(
  [...made.keys()].map(file => {
    const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true })
    return [file, ajv.compile(JSON.parse(read('schemas', file)) as JsonSchema)]
  }),
)

/** What is wrong with a text of YAML, as `/path keyword`. */
function faultsOf(schema: string, text: string): readonly string[] {
  const validate = validators.get(`${schema}.schema.json`)
  assert.ok(validate, schema)
  const valid = validate(parse(text))
  assert.equal(valid, (validate.errors ?? []).length === 0)
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`)
}

describe('JSON schemas', () => {
  test('the files in schemas/ are what the code gives: npm run schemas', () => {
    assert.deepEqual(readdirSync(folder).sort(), [...made.keys()].sort())
    for (const [file, schema] of made)
      assert.equal(read('schemas', file), `${JSON.stringify(schema, null, 2)}\n`, file)
  })

  test('every key that an editor completes says what it is', () => {
    const bare: string[] = []
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'properties')
          for (const [name, property] of Object.entries(inner as Record<string, JsonSchema>)) {
            const { description } = property
            if (typeof description !== 'string' || description === '') bare.push(`${path}/${name}`)
          }
        visit(inner, `${path}/${key}`)
      }
    }
    const written = ['run_results.schema.json', 'manifest.schema.json'] // by Seshat, not by hand
    for (const [file, schema] of made) if (!written.includes(file)) visit(schema, file)
    assert.deepEqual(bare, [])
  })

  for (const [schema, ...path] of [
    ['seshat', 'demo', 'seshat.yml'],
    ['properties', 'demo', 'models', 'models.yml'],
    ['module', 'models', 'base', 'module.yml'],
    ['module', 'models', 'page_views', 'module.yml'],
    ['module', 'models', 'sessions', 'module.yml'],
    ['module', 'models', 'users', 'module.yml'],
  ] as const) {
    test(`${schema}: ${path.join('/')} is right`, () => {
      assert.deepEqual(faultsOf(schema, read(...path)), [])
    })
  }

  test('every file of the guide that is YAML of a project is right', () => {
    const seen = new Set<string>()
    for (const { path, fences } of documentation.map(readPage)) {
      for (const { language, text } of fences) {
        const schema = language === 'yaml' && kindOf(parse(text) as Record<string, unknown>)
        if (!schema) continue
        seen.add(schema)
        const missing = faultsOf(schema, text).filter(fault => fault !== ' required')
        assert.deepEqual(missing, [], `${path}\n${text}`)
      }
    }
    assert.deepEqual([...seen].sort(), ['module', 'profiles', 'properties', 'seshat'])
  })

  const right: readonly (readonly [schema: string, text: string])[] = [
    ['seshat', 'name: t'],
    [
      'seshat',
      'name: t\nvars: {sessions: {upsert_lookback_days: null}, custom: {a: [1]}, orders: {days: 3}}',
    ],
    ['seshat', 'name: t\nvars: {start_date: 2024-01-01, sessions: }'],
    ['seshat', 'name: t\nselectors: {a: tag:x, b: [x, y], c: {select: x, exclude: [y], description: z}}'],
    ['seshat', 'name: t\nmodels: {.: {tags: weekly, grants: {SELECT: [GROUP analysts, reader]}}}'],
    ['seshat', 'name: t\nseeds: {countries: {column_types: {code: VARCHAR(2)}}}'],
    [
      'profiles',
      `a:
  target: dev
  outputs:
    dev: {type: embedded}
    pg: {type: postgres, host: h, user: u, database: d, port: "{{ env_var('PGPORT') }}", threads: 8}
    rs: {type: redshift, host: h, user: u, database: d, sslmode: "{{ env_var('SSL', 'require') }}"}
    sf: {type: snowflake, account: a, database: d, private_key_path: k.p8}`,
    ],
    ['module', 'description: d\nvars: [skip_derived, {days: {type: integer, description: n, default: 3}}]'],
  ]
  for (const [schema, text] of right) {
    test(`${schema}: ${text.split('\n').at(-1)?.trim()} is right`, () => {
      assert.deepEqual(faultsOf(schema, text), [])
    })
  }

  const wrong: readonly (readonly [schema: string, text: string, fault: string])[] = [
    ['seshat', 'profile: p', ' required'],
    ['seshat', 'name: t\nmodule: {}', ' additionalProperties'],
    ['seshat', 'name: t\nvars: {entropi: _a}', '/vars/entropi type'],
    [
      'seshat',
      'name: t\nvars: {sessions: {upsert_lookback_days: -1}}',
      '/vars/sessions/upsert_lookback_days minimum',
    ],
    ['seshat', 'name: t\nvars: {sessions: {entropy: _a}}', '/vars/sessions additionalProperties'],
    [
      'seshat',
      'name: t\nvars: {base: {update_cadence_days: 0}}',
      '/vars/base/update_cadence_days exclusiveMinimum',
    ],
    ['seshat', 'name: t\nvars: {sessions: {cleanup_mode: some}}', '/vars/sessions/cleanup_mode enum'],
    ['seshat', 'name: t\nmodels: {.: {materialized: tabel}}', '/models/./materialized enum'],
    ['profiles', 'a: {target: d, outputs: {d: {type: mysql}}}', '/a/outputs/d/type const'],
    ['profiles', 'a: {outputs: {}}', '/a required'],
    ['module', 'vars: [skip_derived]', ' required'],
    ['properties', 'models: [{name: a, column: []}]', '/models/0 additionalProperties'],
  ]
  for (const [schema, text, fault] of wrong) {
    test(`${schema}: ${text.split('\n').at(-1)} is wrong`, () => {
      assert.ok(faultsOf(schema, text).includes(fault), faultsOf(schema, text).join('\n'))
    })
  }

  test('manifest: what compile leaves is right, for every adapter', async () => {
    const project = temporaryProject({
      'seshat.yml': 'name: t\nvars: {base: {start_date: 2024-01-01}, custom: {least: 3}}\n',
      'models/busy.sql':
        "{{ config(materialized='table', meta={'owner': 'web'}) }}\nselect s.domain_userid from {{ ref('sessions') }} as s where s.page_views > {{ var('least') }}",
      'seeds/countries.csv': 'code,name\nde,Germany\n',
    })
    const { code, stderr } = await project.seshat('compile', '--all-adapters')
    assert.equal(code, 0, stderr)
    const text = readFileSync(join(project.directory, 'target', 'manifest.json'), 'utf8')
    assert.deepEqual(faultsOf('manifest', text), [])
    const { targets, lineage } = JSON.parse(text) as ProjectState
    assert.deepEqual(Object.keys(targets).sort(), ['postgres', 'redshift', 'snowflake'])
    assert.equal(lineage, 'unknown')
    const busy = targets['postgres']?.nodes.find(({ name }) => name === 'busy')
    assert.deepEqual(busy?.refs, [
      { name: 'sessions', at: { file: 'models/busy.sql', line: 2, column: 32, length: 15 } },
    ])
    assert.deepEqual(busy?.variables, { least: 3 })
    assert.deepEqual(faultsOf('manifest', text.replace('"kind": "seed"', '"kind": "sead"')), [
      `/targets/postgres/nodes/${targets['postgres']?.nodes.findIndex(({ kind }) => kind === 'seed')}/kind enum`,
    ])
  })

  test('run_results: what an invocation leaves is right', async () => {
    const project = temporaryProject({
      'seshat.yml': 'name: t\nvars: {base: {start_date: 2024-01-01}}\n',
      'models/good.sql': "{{ config(materialized='table') }}\nselect 1 as n",
      'models/bad.sql': "{{ config(materialized='table') }}\nselect g.m from {{ ref('good') }} as g",
    })
    const { code, stdout } = await project.seshat('run', '--select', 'good', 'bad')
    assert.equal(code, 1, stdout)
    const text = readFileSync(join(project.directory, 'target', 'run_results.json'), 'utf8')
    assert.deepEqual(faultsOf('run_results', text), [])
    assert.match(text, /statement-failed/)
  })
})

/** Which file a block of YAML shows, by its keys; undefined for none of ours. */
function kindOf(data: Record<string, unknown> | null): string | undefined {
  const [first] = Object.values(data ?? {})
  const keys = Object.keys(data ?? {})
  if (typeof first === 'object' && first !== null && 'outputs' in first) return 'profiles'
  const has = (...names: readonly string[]): boolean => names.some(name => keys.includes(name))
  if (has('sources') || (has('models') && Array.isArray(data?.['models']))) return 'properties'
  if (has('tables')) return 'module'
  return has('vars', 'modules', 'models', 'seeds', 'selectors', 'profile') ? 'seshat' : undefined
}
