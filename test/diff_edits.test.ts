// Edits of a project, one at a time, and what diff makes of each: the class, the nodes, the cause, on all adapters and nothing
// else. What is expected follows from the edit, not from the code.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { changesOf, files, git, type Manifest, type Path, summary, visits } from './diffed_project.js'
import { temporaryProject } from './support.js'

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

describe('an edit of a project', () => {
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
})
