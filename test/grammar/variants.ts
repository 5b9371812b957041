// Every statement that can come out of the compiler, for one adapter: modules on and off, each value of each variable,
// selections, rebuilds, backfills and destroying, over a project that uses every kind of custom model.

import type { Dialect } from '../../adapters/dialect.js'
import { compileGraph, planOf } from '../../compiler/compile.js'
import { destroyBatches } from '../../compiler/module_drops.js'
import { loadProject } from '../../compiler/project.js'
import { questionBatches } from '../../compiler/report_questions.js'
import type { Batch, Statement } from '../../compiler/statement.js'
import type { How } from '../module_runs.js'
import { modulesOff, type TestProject, temporaryProject } from '../support.js'

const customModels = {
  'models/session_views.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp',
    replaces='sessions_batch', on_schema_change='append_new_columns', grants={select: ['reporter', 'auditor']},
    post_hook="update {{ this }} set views = 0 where views is null") }}
select s.domain_sessionid, s.start_tstamp, s.page_views as views from {{ ref('sessions_this_run') }} as s`,
  'models/campaigns.sql': `{{ config(materialized='table', unique_key=['app_id', 'mkt_campaign']) }}
select s.app_id, s.mkt_campaign, count(*) as sessions from {{ ref('sessions') }} as s group by s.app_id, s.mkt_campaign`,
  'models/long_sessions.sql': `{{ config(materialized='view') }} select * from {{ ref('session_views') }} where views > 1`,
  'models/event_names.sql': `{{ config(materialized='incremental', unique_key=['domain_sessionid', 'event_name'], replace_by='domain_sessionid', replaces='base_sessions_this_run') }}
select e.domain_sessionid, e.event_name, count(*) as events from {{ ref('events_this_run') }} as e group by e.domain_sessionid, e.event_name`,
  'seeds/countries.csv': 'code,name,since\nDE,Germany,1871-01-18\n',
}

const customProject = { 'seshat.yml': 'name: t\nprofile: test\n', ...customModels }
const projectOf = (modules: string): TestProject =>
  temporaryProject({ 'seshat.yml': `name: t\nprofile: test\n${modules}` })

const start = { start_date: '2021-01-04' }
const everywhere = (name: string, values: readonly unknown[]) =>
  values.map(value => ({ ...start, [name]: value }))

const variables: readonly Readonly<Record<string, unknown>>[] = [
  start,
  ...everywhere('app_ids', [['web', "o'hara\\'"]]),
  ...everywhere('entropy', ['_test']),
  ...everywhere('lookback_window_hours', [0, 1.5]),
  ...everywhere('update_cadence_days', [0.25]),
  ...everywhere('max_session_days', [null, 0.5]),
  ...everywhere('event_dedupe', ['exclude']),
  ...everywhere('page_view_dedupe', ['exclude']),
  ...everywhere('extra_event_columns', [['se_category', 'event_name']]),
  ...everywhere('ua_bot_filter', [false]),
  ...everywhere('cleanup_mode', ['debug', 'trace']),
  ...everywhere('ends_run', [true, false]),
  ...everywhere('upsert_lookback_days', [0, null]),
  ...everywhere('on_lookback_miss', ['error', 'ignore']),
  { ...start, iab: true, ua_parser: true, yauaa: true },
  { ...start, users: { skip_derived: true } },
  { ...start, input_schema: 'rawdata', scratch_schema: 'web_scratch', output_schema: 'web' },
]

export interface Variant {
  readonly project: TestProject
  readonly variables: Readonly<Record<string, unknown>>
  readonly select: readonly string[]
  readonly how: How
}

export function variants(): readonly Variant[] {
  const custom = temporaryProject(customProject)
  const plain = { project: custom, variables: start, select: [], how: { tests: 'data' as const } }
  const skipping = { ...start, sessions: { skip_derived: true, stage_next: false } }
  return [
    ...variables.map(given => ({ ...plain, variables: given })),
    ...variables.map(given => ({ ...plain, variables: given, how: { fullRefresh: true } })),
    { ...plain, select: ['sessions+'], how: { fullRefresh: true } },
    { ...plain, select: ['session_views'], how: { fullRefresh: true } },
    { ...plain, select: ['sessions+'], how: { backfill: { from: '2021-01-04', to: '2021-01-06' } } },
    { ...plain, select: ['users'], how: { backfill: { from: '2021-01-04', to: '2021-01-06' } } },
    { ...plain, select: ['session_views'], how: { backfill: { from: '2021-01-04', to: '2021-01-06' } } },
    { ...plain, project: projectOf(modulesOff('users')) },
    { ...plain, project: projectOf(modulesOff('users')), variables: skipping },
    { ...plain, project: projectOf(modulesOff('base', 'page_views')) },
    { ...plain, project: projectOf(modulesOff('base')) },
    { ...plain, project: projectOf(modulesOff('base', 'page_views', 'sessions')) },
  ]
}

/** The texts, each once. */
export function everyStatement(dialect: Dialect): readonly string[] {
  const found = new Set<string>()
  const add = ({ sql, onlyIf = [], needs = [] }: Statement): void => {
    const asked = needs.flatMap(({ ask }) => ask ?? [])
    for (const text of [...asked, ...onlyIf, sql]) found.add(text)
  }
  for (const { project, variables: given, select, how } of variants()) {
    const loaded = loadProject(project.directory, JSON.stringify(given))
    const options = { dialect, target: 'dev', exclude: [], fullRefresh: false, ...how, select }
    const compiled = compileGraph(loaded, options)
    const plan = planOf(compiled, compiled.input)
    const batches: readonly Batch[] = [
      ...[...plan.beginning, ...plan.opening, ...plan.closing, ...questionBatches(plan.report)],
      ...[...plan.steps, ...plan.afterwards].flatMap(step => step.batches),
      ...[...compiled.graph.lives.values()].flatMap(life => destroyBatches(compiled.input, life)),
    ]
    for (const statement of [...plan.preflight, ...batches.flatMap(batch => batch.statements)]) add(statement)
  }
  return [...found]
}
