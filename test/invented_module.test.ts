// Nothing about sessions is hard-coded: two modules that this test invents get the whole life cycle from their refs.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { modulesOff, openTestDatabase, type TestDatabase, temporaryProject } from './support.js'

const parcels = {
  'models/parcels/module.yml': `
description: Scans of a conveyor belt, one row per parcel.
vars: [upsert_lookback_days, on_lookback_miss, skip_derived, stage_next, cleanup_mode, ends_run, {minimum_scans: {type: integer, min: 1, default: 1, description: Fewer make no parcel.}}]
tables:
  parcels:
    description: One row per parcel.
    materialized: incremental
    unique_key: parcel_id
    time_key: first_scan
    replaces: parcels_this_run
    columns: [{name: parcel_id, type: varchar(36)}, {name: shelf, type: varchar(36)}, {name: first_scan, type: timestamp}, {name: scans, type: int}]
  parcels_staged:
    description: Parcels for shelves.
    materialized: staged
    unique_key: parcel_id
    replace_by: shelf
    columns: [{name: parcel_id, type: varchar(36)}, {name: shelf, type: varchar(36)}]
metadata: {rows: parcels_this_run, distinct_key: parcel_id, time_key: first_scan}
`,
  'models/parcels/parcels_this_run.sql': `{{ config(materialized='scratch', history='parcels') }}
select s.parcel_id, min(s.shelf) as shelf, min(s.scanned_at) as first_scan, cast(count(*) as integer) as scans
from {{ source('warehouse', 'scans') }} as s group by s.parcel_id having count(*) >= {{ var('minimum_scans') }}`,
  'models/parcels/parcels.sql': `select p.parcel_id, p.shelf, p.first_scan, p.scans from {{ ref('parcels_this_run') }} as p`,
  'models/parcels/parcels_staged.sql': `select p.parcel_id, p.shelf from {{ ref('parcels_this_run') }} as p`,
}
const shelves = {
  'models/shelves/module.yml': `
description: One row per shelf.
vars: [skip_derived, cleanup_mode, ends_run]
tables:
  shelves:
    description: One row per shelf.
    materialized: incremental
    unique_key: shelf
    replaces: shelves_this_run
    columns: [{name: shelf, type: varchar(36)}, {name: parcels, type: int}]
  shelves_seen:
    description: Every shelf ever filled.
    materialized: manifest
    unique_key: shelf
    columns: [{name: shelf, type: varchar(36)}]
`,
  'models/shelves/shelves_this_run.sql': `{{ config(materialized='scratch') }}
select p.shelf, cast(count(*) as integer) as parcels from {{ ref('parcels') }} as p
where p.shelf in (select n.shelf from {{ ref('parcels_staged') }} as n) group by p.shelf`,
  'models/shelves/shelves.sql': `select s.shelf, s.parcels from {{ ref('shelves_this_run') }} as s`,
  'models/shelves/shelves_seen.sql': `select s.shelf from {{ ref('shelves_this_run') }} as s`,
  'models/heavy.sql': `{{ config(materialized='incremental', unique_key='parcel_id') }}
select p.parcel_id from {{ ref('parcels_this_run') }} as p where p.scans > 1`,
}

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
  await database.query('create schema warehouse')
  await database.query(
    'create table warehouse.scans (parcel_id varchar, shelf varchar, scanned_at timestamp)',
  )
  await database.query(
    `insert into warehouse.scans values ('p', 's1', '2024-01-01'), ('p', 's1', '2024-01-02'), ('q', 's2', '2024-01-02')`,
  )
})
after(() => database.close())

const settings = `name: belt\nprofile: test\n${modulesOff('base', 'page_views', 'sessions', 'users')}`
const project = () =>
  temporaryProject({ 'seshat.yml': settings, 'profiles.yml': database.profiles, ...parcels, ...shelves })

test('an invented module: setup, main, commit, custom and complete stand in the order of its refs', async () => {
  const { stdout } = await project().seshat('ls')
  assert.deepEqual(stdout.trim().split('\n'), [
    'parcels.setup',
    'parcels_this_run',
    'parcels',
    'parcels_staged',
    'parcels.commit',
    'heavy',
    'parcels.complete',
    'shelves.setup',
    'shelves_this_run',
    'shelves',
    'shelves_seen',
    'shelves.commit',
    'shelves.complete',
  ])
})

test('an invented module: runs, empties what it has read and leaves its tables', async () => {
  const belt = project()
  const { code, stdout, stderr } = await belt.seshat('run')
  assert.equal(code, 0, stdout + stderr)
  assert.deepEqual(await database.query('select * from derived.parcels order by 1'), [
    ['p', 's1', '2024-01-01 00:00:00', 2],
    ['q', 's2', '2024-01-02 00:00:00', 1],
  ])
  assert.deepEqual(await database.query('select * from derived.shelves order by 1'), [
    ['s1', 1],
    ['s2', 1],
  ])
  assert.deepEqual(await database.query('select * from derived.shelves_seen order by 1'), [['s1'], ['s2']])
  assert.deepEqual(await database.query('select * from derived.heavy'), [['p']])
  assert.deepEqual(
    await database.query('select module, rows_this_run, distinct_key from derived.datamodel_metadata'),
    [['parcels', 2, 'parcel_id']],
  )
  const scratch = await database.query(
    `select table_name from information_schema.tables where table_schema = 'scratch'`,
  )
  assert.deepEqual(scratch, [['parcels_staged']])
  assert.deepEqual(await database.query('select count(*) from scratch.parcels_staged'), [[0]])
})

test('an invented module: its own variables are checked like the standard ones', async () => {
  const { code, stderr } = await project().seshat('compile', '--vars', 'parcels: {minimum_scan: 0}')
  assert.equal(code, 2)
  assert.equal(
    stderr,
    `error[unknown-variable]: module parcels has no variable 'minimum_scan'
  --> --vars:1:11
    |
  1 | parcels: {minimum_scan: 0}
    |           ^^^^^^^^^^^^
  = Did you mean 'minimum_scans'?
`,
  )
})
