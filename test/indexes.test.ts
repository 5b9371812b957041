// Which columns of a table that stays have an index: those that its rows are looked up by, each once.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { modulesOff, temporaryProject } from './support.js'

for (const [what, config, columns] of [
  ['its key', "unique_key='id'", ['id']],
  ['key, group and time', "unique_key='id', replace_by='visit', time_key='day'", ['id', 'visit', 'day']],
  ['the time alone where it is part of the key', "unique_key=['id', 'day'], time_key='day'", ['day']],
  ['those that its config names too', "unique_key='id', indexes='visit'", ['id', 'visit']],
  ['none twice', "unique_key='id', time_key='day', indexes=['day', 'id', 'visit']", ['id', 'day', 'visit']],
  ['nor the time', "unique_key=['id', 'day'], time_key='day', indexes=['day', 'visit']", ['day', 'visit']],
] as const)
  test(`indexes: ${what}`, async () => {
    const project = temporaryProject({
      'seshat.yml': `name: t\n${modulesOff('base', 'page_views', 'sessions', 'users')}`,
      'models/visits.sql': `{{ config(materialized='incremental', ${config}) }}\nselect v.id, v.visit, v.day from {{ source('shop', 'visits') }} as v\n`,
    })
    const { code, stderr } = await project.seshat('compile', '--adapter', 'postgres')
    assert.equal(code, 0, stderr)
    const sql = readFileSync(join(project.directory, 'target/compiled/postgres/custom/visits.sql'), 'utf8')
    const indexed = [...sql.matchAll(/^create index .* on derived\.visits \((\w+)\);$/gm)]
    assert.deepEqual(
      indexed.map(([, column]) => column),
      columns,
    )
  })
