// Edits of a project, one at a time, and what diff makes of each: the class, the nodes, the cause, on all adapters and nothing
// else. What is expected follows from the edit, not from the code.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type TestProject, temporaryProject } from './support.js'

const files = {
  'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01, custom: {kind: download, unused: 1}}\n',
  'macros/short.sql': `{# Sessions that bounced. #}
{% macro is_short(s) -%}
{{ views_of(s) }} < 2
{%- endmacro %}
`,
  'macros/views.sql': `{% macro views_of(s) %}{{ s }}.page_views{% endmacro %}
{% macro most(s) %}max(s){% endmacro %}
`,
  'seeds/kinds_of_files.csv': 'ending,kind\npdf,text\npng,image\n',
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
  {
    what: 'a model moved to another folder',
    remove: [visits],
    write: { 'models/marts/visits.sql': files[visits] },
    expected: { visits: ['cosmetic', 'models/marts/visits.sql', visits] },
  },
  {
    what: 'a model moved and edited',
    remove: ['models/kinds.sql'],
    write: { 'models/marts/kinds.sql': files['models/kinds.sql'].replace('left join', 'inner join') },
    expected: { kinds: ['logic', 'models/kinds.sql', 'models/marts/kinds.sql'] },
  },
  { what: 'line ends of a macro', file: 'macros/short.sql', replace: ['\n', '\r\n'], expected: {} },
  { what: 'line ends of seshat.yml', file: 'seshat.yml', replace: ['\n', '\r\n'], expected: {} },
  { what: 'line ends beside models', file: 'models/models.yml', replace: ['\n', '\r\n'], expected: {} },
  { what: 'line ends of a seed', file: 'seeds/kinds_of_files.csv', replace: ['\n', '\r\n'], expected: {} },
  {
    what: 'a row of a seed',
    file: 'seeds/kinds_of_files.csv',
    replace: ['pdf', 'epub'],
    expected: { kinds_of_files: ['logic', 'seeds/kinds_of_files.csv'] },
  },
  {
    what: 'a macro that another one calls',
    file: 'macros/views.sql',
    replace: ['page_views', 'page_views + 0'],
    expected: { bounces: ['logic', 'views_of'] },
  },
  {
    what: 'a macro that nobody calls',
    file: 'macros/views.sql',
    replace: ['max(s)', 'min(s)'],
    expected: {},
  },
  {
    what: 'a description, and a type that YAML tells of a column',
    file: 'models/models.yml',
    replace: ['description: When it began.', 'type: timestamp, description: When.'],
    expected: {},
  },
  {
    what: 'configuration beside a model',
    file: 'models/models.yml',
    replace: ['- name: bounces', '- name: bounces\n    config: {meta: {owner: web}}'],
    expected: { bounces: ['config', 'models/models.yml'] },
  },
  {
    what: 'grants',
    file: 'models/bounces.sql',
    replace: ["'table'", "'table', grants={'select': ['reporting']}"],
    expected: { bounces: ['config ddl', 'models/bounces.sql'] },
  },
  {
    what: 'a hook',
    file: 'models/bounces.sql',
    replace: ["'table'", "'table', post_hook='select 1'"],
    expected: { bounces: ['config logic', 'models/bounces.sql'] },
  },
  {
    what: 'a model disabled',
    file: 'models/reads_bounces.sql',
    replace: ["'view'", "'view', enabled=false"],
    expected: { reads_bounces: ['logic destructive', 'models/reads_bounces.sql'] },
  },
  {
    what: 'a model disabled beside it',
    write: { 'models/other.yml': 'models:\n  - {name: reads_bounces, config: {enabled: false}}\n' },
    expected: { reads_bounces: ['logic destructive', 'models/other.yml'] },
  },
  {
    what: 'a model that git does not know',
    write: { 'models/one.sql': 'select 1 as one' },
    expected: { one: ['logic ddl', 'models/one.sql'] },
  },
  {
    what: 'three edits at once',
    write: {
      'seshat.yml': files['seshat.yml'].replace('kind: download', 'kind: upload'),
      'models/models.yml': files['models/models.yml'].replace('When it began.', 'When.'),
      'models/bounces.sql': files['models/bounces.sql'].replace('as began', 'as since'),
      'models/reads_bounces.sql': files['models/reads_bounces.sql'].replace('b.began', 'b.since'),
      'macros/short.sql': files['macros/short.sql'].replace('< 2', '< 3'),
    },
    expected: {
      kinds: ['logic', 'kind'],
      bounces: ['columns logic destructive', 'models/bounces.sql', 'is_short'],
      reads_bounces: ['columns destructive', 'models/reads_bounces.sql'],
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

interface Manifest {
  readonly targets: {
    readonly postgres: {
      readonly nodes: readonly {
        readonly name: string
        readonly relation: string | null
        readonly compiled_file: string | null
      }[]
    }
  }
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

  test('a model renamed: which one it was and which it is now', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    rmSync(join(project.directory, 'models/reads_bounces.sql'))
    project.write({ 'models/later/looks.sql': files['models/reads_bounces.sql'] })
    const { stdout } = await project.seshat('diff', '--base', base.directory, '--adapter', 'redshift')
    assert.match(
      stdout,
      /^logic, ddl +looks added\n +because of: models\/later\/looks.sql, renamed from reads_bounces\n/m,
    )
    assert.match(
      stdout,
      /^logic, destructive reads_bounces removed\n +because of: models\/reads_bounces.sql, renamed to looks\n/m,
    )
  })

  test('entropy and schemas: every node that names a table, for that variable alone', async () => {
    const project = temporaryProject(files)
    assert.equal((await project.seshat('compile', '--all-adapters')).code, 0)
    const target = join(project.directory, 'target')
    const { targets } = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8')) as Manifest
    const named = /\b(scratch|derived)\.\w/
    const naming = targets.postgres.nodes.filter(({ relation, compiled_file: path }) => {
      const file = join(target, 'compiled', 'postgres', path ?? '')
      const text = path !== null && existsSync(file) ? readFileSync(file, 'utf8') : ''
      return named.test(relation ?? '') || named.test(text)
    })
    for (const [setting, causes] of [
      ['entropy: _t', ['entropy']],
      ['output_schema: out, scratch_schema: work', ['output_schema', 'scratch_schema']],
    ] as const) {
      project.write({ 'seshat.yml': files['seshat.yml'].replace('vars: {', `vars: {${setting}, `) })
      assert.deepEqual(
        summary(await changesOf(project, '--state', 'target')),
        Object.fromEntries(naming.map(({ name }) => [name, ['ddl', ...causes]])),
      )
    }
  })

  test('the project in another directory, in a subfolder of a repository, and called from elsewhere: no change', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`a b/ü/${path}`, text])),
    )
    const web = join(base.directory, 'a b', 'ü')
    git(base.directory, 'init', '-q')
    git(base.directory, 'add', '-A')
    git(base.directory, 'commit', '-qm', 'base')
    assert.deepEqual(await changesOf(project, '--base', web), [])
    assert.deepEqual(await changesOf(base, '--project-dir', web, '--base', 'HEAD'), [])
    assert.deepEqual(await changesOf(base, '--project-dir', web, '--base', project.directory), [])
    writeFileSync(join(web, visits), files[visits].replace('The visits', 'Visits'))
    const changes = await changesOf(base, '--project-dir', web, '--base', 'HEAD')
    assert.deepEqual(summary(changes), { visits: ['cosmetic', visits] })
  })

  test('a base that does not compile: the fault is told as that of the base', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject({ ...files, 'models/bounces.sql': "select {{ no_such('s') }} as n" })
    const { code, stderr } = await project.seshat('diff', '--base', base.directory)
    assert.equal(code, 2)
    assert.match(stderr, /^error\[unknown-macro\]: in the base .*, models\/bounces\.sql:1:11: there is no/)
    assert.doesNotMatch(stderr, /-->/)
  })

  test('a switch of a module: the cause is the switch, of what it takes along and of what stands around it', async () => {
    const project = temporaryProject(files)
    const base = temporaryProject(files)
    project.write({ 'seshat.yml': `${files['seshat.yml']}modules: {users: {enabled: false}}\n` })
    const changes = summary(await changesOf(project, '--base', base.directory))
    assert.deepEqual(
      [...new Set(Object.values(changes).map(([, ...causes]) => causes.join()))],
      ['seshat.yml'],
    )
    assert.deepEqual(
      Object.keys(changes).filter(name => !name.includes('users')),
      [
        'sessions.setup',
        'sessions.commit',
        'metadata_counts',
        'sessions_userid_manifest_staged',
        'sessions.complete',
      ],
    )
    assert.deepEqual(changes['users'], ['logic destructive', 'seshat.yml'])
    project.write({
      'seshat.yml': files['seshat.yml'].replace('vars: {', 'vars: {page_views: {skip_derived: true}, '),
    })
    const skipped = summary(
      (await changesOf(project, '--base', base.directory)).filter(({ name }) => name !== 'page_views.commit'),
    )
    assert.deepEqual(
      [...new Set(Object.values(skipped).map(([, ...causes]) => causes.join()))],
      ['skip_derived'],
    )
  })

  test('markdown: what does not fit into a comment is left out, with a word on it, the most harmful first', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [
        `models/m${index}.sql`,
        `select ${Array.from({ length: 30 }, (_, column) => `${index} as column_${column}`).join(',\n')}\n`,
      ]),
    )
    const base = temporaryProject({ ...files, ...many })
    const project = temporaryProject({
      ...files,
      ...many,
      [visits]: files[visits].replace('as views', 'as seen'),
    })
    for (const [path, text] of Object.entries(many))
      project.write({ [path]: text.replaceAll(' as ', ' + 1 as ') })
    const { stdout } = await project.seshat('diff', '--base', base.directory, '--format', 'markdown')
    assert.ok(stdout.length > 50_000 && stdout.length < 61_000, String(stdout.length))
    const shown = stdout.match(/<details>/g)?.length ?? 0
    assert.ok(stdout.includes(`\n${121 - shown} more diffs are left out here`))
    assert.match(stdout, /^\| `m119` \|/m)
    assert.match(/<details>.*/.exec(stdout)?.[0] ?? '', /visits.*destructive/)
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
