// Edits of a project, one at a time, and what diff makes of each: the class, the nodes, the cause, on all adapters and nothing
// else. What is expected follows from the edit, not from the code.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type TestProject, temporaryProject } from './support.js'

const files = {
  'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01, custom: {kind: download, unused: 1}}\n',
  'macros/short.sql': `{# Sessions that bounced. #}
{% macro is_short(s) -%}
{{ s }}.page_views < 2
{%- endmacro %}
`,
  'models/visits.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp', replaces='sessions_batch') }}
-- The visits of this run.
select
    s.domain_sessionid,
    s.start_tstamp,
    s.page_views as views
from {{ ref('sessions_this_run') }} as s
`,
  'models/kinds.sql': `{{ config(materialized='view') }}
select v.domain_sessionid, {{ literal(var('kind')) }} as kind
from {{ ref('visits') }} as v
left join {{ ref('sessions') }} as s on s.domain_sessionid = v.domain_sessionid
`,
  'models/bounces.sql': `{{ config(materialized='table') }}
select s.domain_sessionid, s.start_tstamp as began
from {{ ref('sessions') }} as s
where {{ is_short('s') }}
`,
  'models/models.yml': `models:
  - name: bounces
    columns: [{name: domain_sessionid}, {name: began, description: When it began.}]
`,
  'models/reads_bounces.sql': `{{ config(materialized='view') }}
select b.domain_sessionid, b.began from {{ ref('bounces') }} as b
`,
}
type Path = keyof typeof files

interface Edit {
  readonly what: string
  readonly file?: Path
  readonly replace?: readonly [string, string]
  readonly write?: Readonly<Record<string, string>>
  readonly remove?: readonly string[]
  readonly vars?: string
  /** Class and causes of every node that differs, each the same on all adapters. */
  readonly expected: Readonly<Record<string, readonly [kind: string, ...causes: string[]]>>
}

const visits = 'models/visits.sql'
const edits: readonly Edit[] = [
  { what: 'nothing', expected: {} },
  {
    what: 'a comment',
    file: visits,
    replace: ['-- The visits', '-- All visits'],
    expected: { visits: ['cosmetic', visits] },
  },
  {
    what: 'white space',
    file: visits,
    replace: ['    s.start_tstamp,', '  s.start_tstamp  ,'],
    expected: { visits: ['cosmetic', visits] },
  },
  {
    what: 'the case of a keyword',
    file: visits,
    replace: ['\nselect', '\nSELECT'],
    expected: { visits: ['cosmetic', visits] },
  },
  { what: 'line ends', file: visits, replace: ['\n', '\r\n'], expected: {} },
  {
    what: 'a comment of a macro',
    file: 'macros/short.sql',
    replace: ['bounced', 'left at once'],
    expected: {},
  },
  {
    what: 'the body of a macro',
    file: 'macros/short.sql',
    replace: ['< 2', '< 3'],
    expected: { bounces: ['logic', 'is_short'] },
  },
  {
    what: 'a join',
    file: 'models/kinds.sql',
    replace: ['left join', 'inner join'],
    expected: { kinds: ['logic', 'models/kinds.sql'] },
  },
  {
    what: 'a column added at the end of a view',
    file: 'models/kinds.sql',
    replace: [' as kind', ' as kind, s.page_views as seen'],
    expected: { kinds: ['columns', 'models/kinds.sql'] },
  },
  {
    what: 'a column added to an incremental model',
    file: visits,
    replace: [' as views', ' as views, s.app_id as app'],
    expected: { visits: ['columns destructive', visits] },
  },
  {
    what: 'a column removed',
    file: visits,
    replace: ['    s.start_tstamp,\n    s.page_views as views', '    s.start_tstamp'],
    expected: { visits: ['columns destructive', visits] },
  },
  {
    what: 'a column renamed',
    file: visits,
    replace: ['as views', 'as seen'],
    expected: { visits: ['columns destructive', visits] },
  },
  {
    what: 'a column that YAML describes renamed',
    file: 'models/bounces.sql',
    replace: ['as began', 'as since'],
    expected: {
      bounces: ['columns destructive', 'models/bounces.sql'],
    },
  },
  {
    what: 'a column of another type',
    file: visits,
    replace: ['s.page_views as views', 'cast(s.page_views as bigint) as views'],
    expected: { visits: ['columns destructive', visits] },
  },
  {
    what: 'a variable that one model reads',
    file: 'seshat.yml',
    replace: ['kind: download', 'kind: upload'],
    expected: { kinds: ['logic', 'kind'] },
  },
  {
    what: 'a variable that none reads',
    file: 'seshat.yml',
    replace: ['unused: 1', 'unused: 2'],
    expected: {},
  },
  {
    what: 'a tag',
    file: visits,
    replace: ["time_key='start_tstamp'", "time_key='start_tstamp', tags='nightly'"],
    expected: { visits: ['config', visits] },
  },
  {
    what: 'a model deleted',
    remove: ['models/reads_bounces.sql'],
    expected: { reads_bounces: ['logic destructive', 'models/reads_bounces.sql'] },
  },
  {
    what: 'a model renamed',
    remove: ['models/reads_bounces.sql'],
    write: { 'models/looks_at_bounces.sql': files['models/reads_bounces.sql'] },
    expected: {
      reads_bounces: ['logic destructive', 'models/reads_bounces.sql'],
      looks_at_bounces: ['logic ddl', 'models/looks_at_bounces.sql'],
    },
  },
]

const git = (directory: string, ...words: readonly string[]): void =>
  void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
    cwd: directory,
    stdio: 'ignore',
  })

interface Told {
  readonly name: string
  readonly adapter: string
  readonly classes: readonly string[]
  readonly causes: readonly { readonly name: string }[]
  readonly downstream: readonly string[]
}

async function changesOf(project: TestProject, ...words: readonly string[]): Promise<readonly Told[]> {
  const { code, stdout, stderr } = await project.seshat('diff', '--format', 'json', ...words)
  assert.equal(code, 0, stderr)
  return (JSON.parse(stdout) as { nodes: readonly Told[] }).nodes
}

/** By node; fails where the adapters do not agree. */
function summary(changes: readonly Told[]): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {}
  for (const { name, classes, causes } of changes) {
    const told = [classes.join(' '), ...causes.map(cause => cause.name)]
    if (found[name]) assert.deepEqual(told, found[name], `${name} differs between adapters`)
    found[name] = told
  }
  for (const name of Object.keys(found))
    assert.deepEqual(
      changes.filter(change => change.name === name).map(({ adapter }) => adapter),
      ['postgres', 'redshift', 'snowflake'],
    )
  return found
}

describe('diff against a commit', () => {
  for (const { what, file, replace, write, remove, expected } of edits) {
    test(`${what}: the right class, nodes and cause, on every adapter`, async () => {
      const project = temporaryProject(files)
      git(project.directory, 'init', '-q')
      git(project.directory, 'add', '-A')
      git(project.directory, 'commit', '-qm', 'base')
      if (file && replace) project.write({ [file]: files[file].replaceAll(replace[0], replace[1]) })
      if (write) project.write(write)
      for (const path of remove ?? []) git(project.directory, 'rm', '-q', path)
      assert.deepEqual(summary(await changesOf(project, '--base', 'HEAD')), expected)
    })
  }

  test('a unique key: destructive everywhere; where tables have indexes, one of them is another too', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    const key = "unique_key=['domain_sessionid', 'start_tstamp']"
    project.write({ [visits]: files[visits].replace("unique_key='domain_sessionid'", key) })
    const changes = await changesOf(project, '--base', base.directory)
    assert.deepEqual(
      changes.map(({ name, adapter, classes }) => [name, adapter, classes.join(' ')]),
      [
        ['visits', 'postgres', 'config logic ddl destructive'],
        ['visits', 'redshift', 'config logic destructive'],
        ['visits', 'snowflake', 'config logic destructive'],
      ],
    )
  })

  test('what lies downstream is read through other models', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    project.write({
      'models/bounces.sql': files['models/bounces.sql'].replace('where', 'where s.app_id is null and'),
    })
    const changes = await changesOf(project, '--base', base.directory)
    assert.deepEqual(
      changes.map(({ name, downstream }) => [name, downstream]),
      Array(3).fill(['bounces', ['reads_bounces']]),
    )
  })

  test('a target folder: its manifest is enough, and a second compilation is the same', async () => {
    const project = temporaryProject(files)
    assert.equal((await project.seshat('compile', '--all-adapters')).code, 0)
    const manifest = readFileSync(join(project.directory, 'target', 'manifest.json'), 'utf8')
    assert.equal(manifest.includes(project.directory), false)
    assert.deepEqual(await changesOf(project, '--state', 'target'), [])
    project.write({ [visits]: files[visits].replace('The visits', 'Visits') })
    assert.deepEqual(summary(await changesOf(project, '--state', 'target')), { visits: ['cosmetic', visits] })
  })

  test('state: selects what differs from a target folder, not what is only spelt otherwise, and says why', async () => {
    const project = temporaryProject(files)
    assert.equal((await project.seshat('compile', '--all-adapters', '--target-path', 'base')).code, 0)
    project.write({
      [visits]: files[visits].replace('The visits', 'Visits'),
      'models/bounces.sql': files['models/bounces.sql'].replace('where', 'where s.app_id is null and'),
      'models/another.sql': 'select 1 as one',
    })
    const select = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { code, stdout, stderr } = await project.seshat('ls', '--state', 'base', '--select', ...words)
      assert.equal(code, 0, stderr)
      return stdout.trim().split('\n').sort()
    }
    assert.deepEqual(await select('state:modified'), ['another', 'bounces'])
    assert.deepEqual(await select('state:modified.logic,bounces'), ['bounces'])
    assert.deepEqual(await select('state:modified.cosmetic'), ['visits'])
    assert.deepEqual(await select('state:new'), ['another'])
    assert.deepEqual(await select('state:modified,bounces', 'reads_bounces', '--explain'), [
      'bounces  logic: models/bounces.sql',
      'reads_bounces  unchanged: beside what changed',
    ])
    const columns = await project.seshat('ls', '--state', 'base', '--select', 'state:modified.columns')
    assert.match(columns.stderr, /error\[nothing-selected\]/)
    const missing = await project.seshat('ls', '--select', 'state:modified')
    assert.match(missing.stderr, /error\[bad-selector\].*needs something to compare with/)
  })

  test('exit codes: 4 with --exit-code on any change, with --fail-on on those classes alone', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    project.write({ [visits]: files[visits].replace('The visits', 'Visits') })
    const codeOf = async (...words: readonly string[]) =>
      (await project.seshat('diff', '--base', base.directory, ...words)).code
    assert.deepEqual(
      [
        await codeOf(),
        await codeOf('--exit-code'),
        await codeOf('--fail-on', 'destructive'),
        await codeOf('--fail-on', 'cosmetic'),
      ],
      [0, 4, 0, 4],
    )
    assert.equal(await codeOf('--fail-on', 'cosmetics'), 2)
    const unknown = await project.seshat('diff', '--base', 'no-such-ref')
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /error\[unknown-base\]/)
  })
})
