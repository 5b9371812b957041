// seshat check: faults put into a copy of the demo and of the standard model, one at a time, are found at the line that was
// edited, and what is not broken has no findings.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectMemory } from '../adapters/embedded/driver.js'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { checkProject } from '../compiler/check/check.js'
import { type Diagnostic, Faults } from '../compiler/diagnostics.js'
import type { Lineage } from '../compiler/lineage.js'
import { loadProject, type Project } from '../compiler/project.js'
import { packageDirectory, runCli } from './command_line.js'
import { variants } from './grammar/variants.js'
import { temporaryProject } from './support.js'

const folder = mkdtempSync(join(tmpdir(), 'seshat-check-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const demoDirectory = join(folder, 'demo')
cpSync(join(packageDirectory, 'demo'), demoDirectory, {
  recursive: true,
  filter: path => !/\.seshat|target/.test(path),
})
const demo = loadProject(demoDirectory)

/** One database for all of them, emptied after each. */
const database = await connectMemory()
after(() => database.close())

async function empty(): Promise<void> {
  const { rows } = await database.execute(
    "select nspname::text from pg_namespace where nspname not like 'pg\\_%' and nspname not in ('public', 'information_schema')",
  )
  for (const [schema] of rows) await database.execute(`drop schema ${schema} cascade`)
}

const lent: Driver = {
  execute: (sql, parameters) => database.execute(sql, parameters),
  transaction: work => database.transaction(work),
  reading: work => database.reading(work),
  load: (...load) => database.load(...load),
  lock: (...lock) => database.lock(...lock),
  share: (...share) => database.share(...share),
  cancel: () => database.cancel(),
  close: empty,
}

const check = (project: Project, dialects = [postgresDialect]) =>
  checkProject(project, { select: [], exclude: [], dialects }, async () => lent)

async function findings(project: Project): Promise<readonly Diagnostic[]> {
  try {
    return (await check(project)).diagnostics
  } catch (cause) {
    if (cause instanceof Faults) return cause.diagnostics
    throw cause
  }
}

interface Edit {
  readonly file: string
  /** A text that stands in the file once; it begins on the line that the finding has to name. */
  readonly from: string
  readonly to: string
  readonly code: string
}

function edited(project: Project, { file, from, to }: Edit): { project: Project; line: number } {
  const source = [...project.models, ...project.macros].find(({ path }) => path === file)
  assert.ok(source, file)
  const parts = source.text.split(from)
  assert.equal(parts.length, 2, `${from} stands ${parts.length - 1} times in ${file}`)
  const text = parts.join(to)
  const change = <T extends { path: string }>(files: readonly T[]) =>
    files.map(other => (other.path === file ? { ...other, text } : other))
  const line = (parts[0] ?? '').split('\n').length
  return { project: { ...project, models: change(project.models), macros: change(project.macros) }, line }
}

const downloads = 'models/session_downloads.sql'
const interests = 'models/session_interests.sql'
const pageViews = 'seshat:models/page_views/page_views_this_run.sql'
const measured = 'seshat:models/page_views/page_views_measured.sql'
const activity = 'seshat:models/page_views/page_view_activity.sql'
const sessions = 'seshat:models/sessions/sessions_this_run.sql'
const users = 'seshat:models/users/users_this_run.sql'

const edits: readonly Edit[] = [
  {
    file: downloads,
    from: 's.session_start,\n    count',
    to: 's.session_strat,\n    count',
    code: 'unknown-column',
  },
  { file: downloads, from: 'e.event_name', to: 'e.event_nam', code: 'unknown-column' },
  { file: downloads, from: 'e.domain_sessionid', to: 'f.domain_sessionid', code: 'unknown-table' },
  {
    file: downloads,
    from: "{{ ref('events_this_run') }}",
    to: "{{ ref('events_this_rum') }}",
    code: 'unknown-ref',
  },
  {
    file: downloads,
    from: "{{ ref('events_this_run') }}",
    to: 'scratch.events_this_rum',
    code: 'unknown-table',
  },
  { file: downloads, from: 'count(*)', to: 'counts(*)', code: 'unknown-function' },
  {
    file: downloads,
    from: 's.session_start,\n    count',
    to: 's.session_start\n    count',
    code: 'syntax-error',
  },
  {
    file: downloads,
    from: 's.domain_sessionid,\n    s.session_start,\n    count',
    to: 's.domain_sessionid\n    s.session_start,\n    count',
    code: 'syntax-error',
  },
  { file: downloads, from: 'count(*) as downloads', to: 'count(*) downloads', code: 'alias-without-as' },
  { file: downloads, from: "= 'download'", to: '= 5', code: 'type-mismatch' },
  { file: downloads, from: 'count(*) as downloads', to: 'e.event_name as downloads', code: 'not-grouped' },
  {
    file: interests,
    from: 's.start_tstamp,\n    s.mkt_campaign,',
    to: 'start_tstamp,\n    s.mkt_campaign,',
    code: 'ambiguous-column',
  },
  { file: downloads, from: 'inner join', to: 'iner join', code: 'syntax-error' },
  // Data tests are about these columns.
  {
    file: interests,
    from: 's.domain_sessionid,\n    s.start_tstamp,\n    s.mkt_campaign,\n    sum',
    to: 's.domain_sesionid,\n    s.start_tstamp,\n    s.mkt_campaign,\n    sum',
    code: 'unknown-column',
  },
  {
    file: interests,
    from: 's.domain_sessionid,\n    s.start_tstamp,\n    s.mkt_campaign,\n    sum',
    to: 's.domain_sessionid\n    s.start_tstamp,\n    s.mkt_campaign,\n    sum',
    code: 'syntax-error',
  },
  { file: interests, from: 'end) as docs_pages,', to: 'end as docs_pages,', code: 'syntax-error' },
  { file: interests, from: 'end) as signed_up', to: 'end) signed_up', code: 'alias-without-as' },
  { file: interests, from: 'as docs_pages,', to: 'as docs_pages', code: 'syntax-error' },
  {
    file: interests,
    from: "'/docs%' then 1 else 0 end",
    to: "'/docs%' then 1 else 'none' end",
    code: 'type-mismatch',
  },
  {
    file: interests,
    from: 'max(case when p.page_urlpath =',
    to: 'max(case when p.page_path =',
    code: 'unknown-column',
  },
  { file: interests, from: 'sum(p.engaged_time_in_s)', to: 'sum(p.page_urlpath)', code: 'type-mismatch' },
  {
    file: interests,
    from: "= {{ literal(var('signup_path')) }} then",
    to: "== {{ literal(var('signup_path')) }} then",
    code: 'type-mismatch',
  },
  { file: pageViews, from: 'e.useragent,', to: 'e.user_agent,', code: 'unknown-column' },
  {
    file: measured,
    from: "'k.derived_tstamp', 'a.last_ping'",
    to: "'k.derived_tstmp', 'a.last_ping'",
    code: 'unknown-column',
  },
  {
    file: activity,
    from: "heartbeats_of_group('e.ping_tstamp')",
    to: "heartbeats_of_group('e.page_view_id')",
    code: 'type-mismatch',
  },
  { file: measured, from: "'c.copy = 1'", to: "'c.copi = 1'", code: 'unknown-column' },
  {
    file: measured,
    from: 'cast(k.page_views_in_session as integer)',
    to: 'cast(k.page_views_in_session as intger)',
    code: 'unknown-type',
  },
  {
    file: measured,
    from: 'cast(k.page_views_in_session as integer)',
    to: 'cast(k.page_views_in_session as varchar)',
    code: 'type-mismatch',
  },
  {
    file: measured,
    from: 'as page_views_in_session\n    from',
    to: 'as page_views_in_sesion\n    from',
    code: 'unknown-column',
  },
  { file: measured, from: '),\n{%- endif %}', to: ')\n{%- endif %}', code: 'syntax-error' },
  { file: sessions, from: 'max(p.end_tstamp)', to: 'maxi(p.end_tstamp)', code: 'unknown-function' },
  {
    file: users,
    from: 'cast(f.page_views as integer) as page_views',
    to: 'cast(f.page_views as integer) as page_viewz',
    code: 'unknown-column',
  },
  {
    file: 'seshat:models/users/users_manifest.sql',
    from: 'union all',
    to: 'union all select 1, 2, 3 union all',
    code: 'column-count',
  },
  {
    file: 'seshat:models/base/event_duplicates.sql',
    from: 'c.copies,',
    to: 'c.copies as copiez,',
    code: 'unknown-column',
  },
  {
    file: 'seshat:macros/page_view_columns.sql',
    from: '{{ alias }}.br_colordepth,\n    {{ alias }}.br_renderengine,\n    {{ alias }}.os_timezone,\n    {{ alias }}.category',
    to: '{{ alias }}.br_colordept,\n    {{ alias }}.br_renderengine,\n    {{ alias }}.os_timezone,\n    {{ alias }}.category',
    code: 'unknown-column',
  },
]

/** The places that a diagnostic shows: its own, and for a fault in a macro that of the call. */
const lineOf = ({ at }: Diagnostic): string => `${at?.file}:${at?.line}`

describe('a fault in a model', () => {
  for (const edit of edits)
    test(`${edit.file}: ${edit.from.split('\n')[0]} made ${edit.to.split('\n')[0]}: ${edit.code} on its line`, async () => {
      const { project, line } = edited(demo, edit)
      const found = await findings(project)
      assert.deepEqual(
        found.map(diagnostic => [diagnostic.code, lineOf(diagnostic)]),
        [[edit.code, `${edit.file}:${line}`]],
        JSON.stringify(found, null, 2),
      )
    })
})

test('faults of several models: all are told at once, and what reads them is said to be unchecked', async () => {
  const [first, second] = [
    edits.find(({ file }) => file === downloads),
    edits.find(({ file }) => file === users),
  ]
  assert.ok(first && second)
  const one = edited(demo, first)
  const both = edited(one.project, {
    ...second,
    from: 'cast(f.sessions as integer)',
    to: 'cast(f.session as integer)',
  })
  const { diagnostics, notes } = await check(both.project)
  assert.deepEqual(diagnostics.map(lineOf).sort(), [`${downloads}:${one.line}`, `${users}:${both.line}`])
  assert.deepEqual(notes, [
    'expression_session_downloads_downloads_gt_0 was not checked: it reads session_downloads, which was not made',
    'users was not checked: it reads users_this_run, which was not made',
  ])
})

test('two texts that stand side by side: a comma is missing between them', async () => {
  const { project, line } = edited(demo, {
    file: downloads,
    from: "e.event_name = 'download'",
    to: "e.event_name in ('download'\n    'view')",
    code: 'missing-comma',
  })
  const found = await findings(project)
  assert.deepEqual(
    found.map(diagnostic => [diagnostic.code, lineOf(diagnostic)]),
    [['missing-comma', `${downloads}:${line}`]],
  )
})

test('sources: declared columns are typed, and of others is said that they are not known', async () => {
  const models = {
    'models/orders.sql':
      "{{ config(materialized='table') }}\nselect\n    o.id,\n    o.total + 1 as total\nfrom {{ source('shop', 'orders') }} as o",
    'models/totals.sql': "select sum(o.total) as total\nfrom {{ ref('orders') }} as o",
  }
  const undeclared = temporaryProject({
    'seshat.yml': 'name: t\nvars: {base: {start_date: 2024-01-01}}\n',
    ...models,
  })
  const unknown = await check(loadProject(undeclared.directory))
  assert.deepEqual(unknown.diagnostics, [])
  assert.deepEqual(unknown.notes, [
    'orders was not checked: nobody has declared the columns of the source shop.orders',
    'totals was not checked: it reads orders, which was not made',
  ])
  const declare = (type: string): string =>
    `sources: [{name: shop, tables: [{name: orders, columns: [{name: id, type: integer}, {name: total, type: ${type}}]}]}]\n`
  undeclared.write({ 'models/shop.yml': declare('numeric') })
  const known = await check(loadProject(undeclared.directory))
  assert.deepEqual([known.diagnostics, known.notes], [[], []])
  undeclared.write({ 'models/shop.yml': declare('varchar(20)') })
  const [clash] = (await check(loadProject(undeclared.directory))).diagnostics
  assert.deepEqual([clash?.code, clash && lineOf(clash)], ['type-mismatch', 'models/orders.sql:4'])
})

test('a template that computes with what a macro gives: its faults are found on their line all the same', async () => {
  const { directory } = temporaryProject({
    'seshat.yml': 'name: t\nvars: {base: {start_date: 2024-01-01}}\n',
    'macros/days.sql':
      '{% macro days() -%}\n3\n{%- endmacro %}\n{% macro plus(n) -%}\n{{ n + 1 }}\n{%- endmacro %}\n',
    'models/m.sql':
      "select\n    {{ plus(days()) }} as a,\n    s.page_viewz as b\nfrom {{ ref('sessions') }} as s",
  })
  const found = await findings(loadProject(directory))
  assert.deepEqual(
    found.map(diagnostic => [diagnostic.code, lineOf(diagnostic)]),
    [['unknown-column', 'models/m.sql:3']],
  )
})

test('other dialects: a fault that only their macro has is found by their grammar', async () => {
  const project = {
    ...demo,
    macros: demo.macros.map(file =>
      file.path === 'seshat:macros/epoch_seconds.sql'
        ? { ...file, text: file.text.replaceAll("datediff('second',", "datediff('second'") }
        : file,
    ),
  }
  assert.deepEqual(await findings(project), [])
  const { diagnostics } = await check(project, [redshiftDialect, snowflakeDialect])
  assert.deepEqual(
    new Set(diagnostics.map(({ code, at }) => `${code} ${at?.file}`)),
    new Set(['syntax-error seshat:macros/epoch_seconds.sql']),
  )
})

const settingsOf = (directory: string): string =>
  readFileSync(join(directory, 'seshat.yml'), 'utf8').split('\n').slice(2).join(' ').trim()

describe('what is not broken has no findings', () => {
  const usual = variants().filter(
    ({ select, how }) => select.length === 0 && !how.fullRefresh && !how.backfill,
  )
  for (const { project, variables } of usual)
    test(`${JSON.stringify(variables)} ${settingsOf(project.directory)}`, async () => {
      const { diagnostics, notes, typed } = await check(
        loadProject(project.directory, JSON.stringify(variables)),
      )
      assert.deepEqual([diagnostics, notes], [[], []])
      assert.ok(typed.length > 3, typed.join())
    })
})

describe('the command', () => {
  test('the demo: exit code 0 and the lineage of its columns', async () => {
    const result = await runCli(['check'], demoDirectory)
    assert.deepEqual([result.code, result.stderr], [0, ''])
    assert.match(result.stdout, /^ok: \d+ models typed, grammar of redshift and snowflake parsed\n$/)
    const manifest = readFileSync(join(demoDirectory, 'target', 'manifest.json'), 'utf8')
    const { lineage } = JSON.parse(manifest) as { lineage: Lineage }
    const base = (column: string) => ({ table: 'base_sessions_this_run', column })
    assert.deepEqual(lineage['session_downloads'], [
      {
        column: 'domain_sessionid',
        from: [base('domain_sessionid')],
        copyOf: base('domain_sessionid'),
        type: 'character varying(128)',
      },
      {
        column: 'session_start',
        from: [base('session_start')],
        copyOf: base('session_start'),
        type: 'timestamp without time zone',
      },
      { column: 'downloads', from: [], type: 'bigint' },
    ])
  })

  test('a finding: exit code 2, the line of the model with what is wrong marked, the nearest name', async () => {
    const project = temporaryProject({
      'seshat.yml': 'name: t\nvars: {base: {start_date: 2024-01-01}}\n',
      'models/long.sql':
        "select s.domain_sessionid\nfrom {{ ref('sessions') }} as s\nwhere s.page_vews > 3\n",
    })
    const result = await project.seshat('check', '--select', 'long', '--adapter', 'postgres')
    assert.equal(result.code, 2)
    assert.match(
      result.stderr,
      /^error\[unknown-column\]: column s\.page_vews does not exist\n {2}--> models\/long\.sql:3:9\n/,
    )
    assert.match(result.stderr, / 3 \| where s\.page_vews > 3\n {4}\| {9}\^{9}\n/)
    assert.match(result.stderr, /page_views/)
  })
})
