// The unit tests of the standard model: all of them hold, whatever variables a project sets; and each formula that is broken
// makes one of its module fail.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { adapters } from '../adapters/registry.js'
import { loadProject, type Project } from '../compiler/project.js'
import type { SourceFile } from '../compiler/source_file.js'
import { temporaryProject } from './support.js'
import { runUnitTests } from './unit_test_runs.js'

const unusual = `name: t
vars:
  start_date: 2030-05-05
  entropy: _x
  input_schema: raw
  base: {app_ids: [other], days_late_allowed: 9, max_session_days: 1, event_dedupe: exclude, extra_event_columns: [tr_total]}
  page_views: {heartbeat: 7, minimum_visit_length: 3, ua_bot_filter: false, iab: true, page_view_dedupe: exclude}
`
const load = (settings: string): Project =>
  loadProject(temporaryProject({ 'seshat.yml': settings }).directory)
const project = load('name: t\nvars: {start_date: 2024-01-01}\n')

const failing = async (of: Project, module: string): Promise<readonly string[]> => {
  const found = await runUnitTests(of, [`module:${module},resource_type:unit_test`])
  return [...found].flatMap(([id, diagnostics]) => (diagnostics.length > 0 ? [id] : []))
}

/** How many tests say what a module means, at the least. */
const counts = { base: 36, page_views: 41, sessions: 11, users: 8 } as const

for (const [module, least] of Object.entries(counts)) {
  test(`unit tests of ${module}: the standard model gives the rows that they expect`, async () => {
    const found = await runUnitTests(project, [`module:${module},resource_type:unit_test`])
    assert.ok(found.size >= least, `${found.size} tests`)
    for (const [id, diagnostics] of found) assert.deepEqual(diagnostics, [], id)
  })

  test(`unit tests of ${module}: they do not depend on the variables of a project`, async () => {
    assert.deepEqual(await failing(load(unusual), module), [])
  })
}

for (const { name, dialect } of [...adapters.values()].filter(adapter => adapter.dialect !== postgresDialect))
  test(`unit tests of the standard model: the same where the target is ${name}`, async () => {
    const found = await runUnitTests(project, ['module:*,resource_type:unit_test'], dialect)
    assert.deepEqual(
      [...found].filter(([, diagnostics]) => diagnostics.length > 0),
      [],
    )
  })

/** Module, file, what stands there, what it is broken to. */
const mutations: readonly (readonly [module: string, file: string, text: string, broken: string])[] = [
  ['base', 'base_window_limits.sql', "0 - var('lookback_window_hours')", '0 - 7'],
  [
    'base',
    'base_window_limits.sql',
    "'w.newest_or_start', var('update_cadence_days')",
    "'w.lower_limit', var('update_cadence_days')",
  ],
  ['base', 'base_gap_limits.sql', 'w.has_work = 1', 'w.has_work = 2'],
  ['base', 'base_gap_limits.sql', "and {{ sent_in_time('e') }}", ''],
  ['base', 'event_counts.sql', 'domain_sessionid is not null', 'event_id is not null'],
  ['base', 'event_counts.sql', '.dvce_sent_tstamp <=', '.dvce_sent_tstamp <'],
  ['base', 'event_counts.sql', ', 1 = 1)', ', 1 = 0)'],
  ['base', 'event_counts.sql', '{{ tstamp }} <=', '{{ tstamp }} <'],
  ['base', 'event_counts.sql', '.collector_tstamp >=', '.collector_tstamp >'],
  ['base', 'base_window.sql', 'and {{ read }}.collector_tstamp = {{ e }}.collector_tstamp', ''],
  ['base', 'base_window.sql', 'k.min_tstamp < f.first_tstamp', 'k.min_tstamp > f.first_tstamp'],
  ['base', 'base_window.sql', 'e.is_in_window = 1 and e.is_unread = 1', 'e.is_unread = 1'],
  ['base', 'base_events_read.sql', 'e.collector_tstamp >= s.session_start and ', ''],
  ['base', 'base_events_read.sql', " and ' + within_session('e.collector_tstamp', 's.session_start')", "'"],
  ['base', 'base_events_read.sql', "and {{ sent_in_time('e') }}", ''],
  ['base', 'base_events_read.sql', "{{ event_is_wanted('e') | indent(4) }}", '1 = 1'],
  ['base', 'base_events_read.sql', "and e.collector_tstamp <= {{ limit('base_limits', 'upper_limit') }}", ''],
  ['base', 'base_events_read.sql', 'm.collector_tstamp is null then 1', 'm.collector_tstamp is null then 0'],
  [
    'base',
    'base_window.sql',
    "case when e.collector_tstamp >= {{ asked_once(limit(limits, 'lower_limit')) }}",
    'case when 1 = 1',
  ],
  ['base', 'base_window.sql', "and e.collector_tstamp >= {{ limit(limits, 'scan_limit') }}", ''],
  ['base', 'base_gap_events.sql', 'base_gap_limits', 'base_window_limits'],
  ['base', 'event_columns.sql', "'pp_yoffset_max', 'br_viewwidth'", "'br_viewwidth'"],
  ['base', 'least_text.sql', 'min({{ expression }} collate', 'max({{ expression }} collate'],
  ['base', 'events_read.sql', '{{ e }}.collector_tstamp = {{ r }}.collector_tstamp and ', ''],
  ['base', 'events_read.sql', ' and {{ e }}.domain_sessionid = {{ r }}.domain_sessionid', ''],
  ['base', 'events_read.sql', '{{ e }}.derived_tstamp, ', ''],
  ['base', 'events_read.sql', '        and c.event_id is null', ''],
  ['base', 'event_copies_kept.sql', 'c.copy = 1', 'c.copy = 2'],
  ['base', 'event_copies_kept.sql', 'c.copies = 1', 'c.copy = 1'],
  ['base', 'event_copies.sql', 'partition by e.domain_sessionid, e.event_id\n', 'partition by e.event_id\n'],
  ['base', 'events_this_run.sql', 'union all', 'except'],
  ['base', 'events_in_short.sql', 'where r.event_id is not null', 'where 1 = 1'],
  ['base', 'events_in_short.sql', 'and c.event_id is null', ''],
  ['base', 'events_in_short.sql', 'union all', 'except'],
  ['base', 'base_events_kept.sql', 'where r.event_id is not null', 'where 1 = 1'],
  ['base', 'base_events_kept.sql', '\ngroup by k.event_id', '\ngroup by k.event_id, k.collector_tstamp'],
  ['base', 'event_duplicates.sql', 'c.copy = 1', '1 = 1'],
  ['base', 'base_progress.sql', 'c.newest is null', 'c.newest is not null'],
  ['base', 'base_event_id_manifest.sql', '\n    union\n', '\n    union all\n'],
  [
    'base',
    'event_counts.sql',
    "{{ var('session_lookback_days') }}",
    "{{ var('session_lookback_days') + 1 }}",
  ],
  ['base', 'event_duplicates.sql', 'and c.copies > 1', ''],
  ['base', 'base_sessions_this_run.sql', 'where w.has_work = 1', ''],
  ['users', 'users_this_run.sql', "{{ last_first('s.domain_sessionidx') }}, ", ''],
  ['page_views', 'page_view_rules.sql', ' + 0.5', ''],
  ['page_views', 'contains_word.sql', "~ '{{", "~* '{{"],
  ['page_views', 'epoch_seconds.sql', 'floor(date_part', 'round(date_part'],
  ['page_views', 'page_view_order.sql', '{{ alias }}.dvce_created_tstamp, ', ''],
  ['page_views', 'page_view_events.sql', '    and e.derived_tstamp is not null', ''],
  ['page_views', 'page_view_events.sql', '    and e.page_view_id is not null', ''],
  ['page_views', 'page_view_events.sql', '    and e.domain_sessionid is not null', ''],
  ['page_views', 'page_view_events.sql', "e.event_name = 'page_view'", 'e.event_name is not null'],
  ['page_views', 'page_view_events.sql', 'and ua_parser.root_tstamp = e.collector_tstamp', ''],
  ['page_views', 'page_view_events.sql', 'and yauaa.root_tstamp = e.collector_tstamp', ''],
  ['page_views', 'page_view_events.sql', "'iab.category' if var('iab')", "'iab.reason' if var('iab')"],
  ['page_views', 'page_view_rules.sql', 'row_number() over ()', '1'],
  ['page_views', 'page_view_rules.sql', 'where n.position = 1', ''],
  [
    'page_views',
    'page_view_rules.sql',
    'least(cast({{ pixels }} as double precision) + {{ view }}, {{ size }})',
    '(cast({{ pixels }} as double precision) + {{ view }})',
  ],
  ['page_views', 'page_view_bots.sql', 'group by e.useragent', 'group by e.useragent, e.event_number'],
  ['page_views', 'page_view_duplicates.sql', "{{ is_of_no_bot('e') }}", "{{ is_of_no_bot('e') }} or 1 = 1"],
  ['page_views', 'page_view_duplicates.sql', '1 if', '2 if'],
  ['page_views', 'page_view_activity.sql', "e.event_name = 'page_ping'", "e.event_name = 'page_view'"],
  ['page_views', 'page_view_activity.sql', '            and e.page_view_id is not null', ''],
  ['page_views', 'page_view_activity.sql', 'max(a.last_ping)', 'min(a.last_ping)'],
  ['page_views', 'page_view_activity.sql', 'sum(a.beats)', 'max(a.beats)'],
  ['page_views', 'page_view_activity.sql', 'nullif(sum(a.beats), 0)', 'coalesce(sum(a.beats), 0)'],
  ['page_views', 'heartbeats.sql', "{{ var('heartbeat') }}", '10'],
  ['page_views', 'heartbeats.sql', '{{ heartbeat(tstamp) }} / 31)', '{{ heartbeat(tstamp) }} / 32)'],
  ['page_views', 'page_view_activity.sql', ', max(a.doc_height)) end', ') end'],
  ['page_views', 'page_view_activity.sql', ', max(a.doc_width)) end', ') end'],
  ['page_views', 'page_view_activity.sql', 'greatest(max(a.x_offset), 0)', 'max(a.x_offset)'],
  ['page_views', 'page_view_activity.sql', 'greatest(max(a.y_offset), 0)', 'max(a.y_offset)'],
  ['page_views', 'page_view_activity.sql', 'case when max(a.doc_width) > 0 then', 'case when 1 = 1 then'],
  ['page_views', 'page_view_activity.sql', 'case when max(a.doc_height) > 0 then', 'case when 1 = 1 then'],
  ['page_views', 'page_view_activity.sql', 'coalesce(e.br_viewheight, 0)', 'e.br_viewheight'],
  [
    'page_views',
    'page_view_activity.sql',
    "('page_view', 'page_ping')",
    "('page_view', 'page_ping', 'link_click')",
  ],
  ['page_views', 'page_view_activity.sql', "('page_view', 'page_ping')", "('page_ping')"],
  ['page_views', 'page_view_activity.sql', "'e.doc_width > 0 and ", "'"],
  ['page_views', 'page_view_activity.sql', ' and e.doc_height > 0', ''],
  ['page_views', 'page_views_measured.sql', 'a.beats - 1', 'a.beats'],
  ['page_views', 'page_views_measured.sql', "{{ var('heartbeat') }}", '10'],
  ['page_views', 'page_views_measured.sql', "{{ var('minimum_visit_length') }}", '5'],
  ['page_views', 'page_views_measured.sql', ' and a.domain_sessionid = k.domain_sessionid', ''],
  [
    'page_views',
    'page_views_measured.sql',
    'case when a.last_ping > k.derived_tstamp then a.last_ping else k.derived_tstamp end',
    'coalesce(a.last_ping, k.derived_tstamp)',
  ],
  [
    'page_views',
    'page_views_measured.sql',
    'k.derived_tstamp as start_tstamp',
    'a.last_ping as start_tstamp',
  ],
  ['page_views', 'page_views_measured.sql', "    where {{ is_of_no_bot('e') }}\n),", '),'],
  ['page_views', 'page_views_measured.sql', '        and b.domain_sessionid is null\n', ''],
  ['page_views', 'page_views_measured.sql', "'c.copies = 1'", "'1 = 1'"],
  ['page_views', 'page_views_measured.sql', "'c.copy = 1'", "'1 = 1'"],
  [
    'page_views',
    'page_views_measured.sql',
    'over (partition by e.page_view_id order by',
    'over (partition by e.page_view_id, e.domain_sessionid order by',
  ],
  ['page_views', 'page_views_measured.sql', "order by {{ page_view_order('c') }}", 'order by c.event_number'],
  [
    'page_views',
    'page_views_this_run.sql',
    'on e.event_number = m.event_number',
    'on e.page_view_id = m.page_view_id',
  ],
  ['page_views', 'page_views_this_run.sql', 'e.page_title', 'e.page_url as page_title'],
  ['page_views', 'page_views_this_run.sql', 'm.end_tstamp', 'm.start_tstamp as end_tstamp'],
  ['page_views', 'page_views_batch.sql', 'where e.domain_sessionid is not null', ''],
  ['sessions', 'sessions_this_run.sql', 'count(p.page_view_id)', 'count(p.page_title)'],
  ['sessions', 'sessions_this_run.sql', 'where p.copy = 1', ''],
  ['sessions', 'sessions_this_run.sql', 'last_value(p.page_title)', 'max(p.page_title)'],
  ['sessions', 'sessions_this_run.sql', 'where s.domain_sessionid is not null', ''],
  ['sessions', 'sessions_this_run.sql', 'max(p.end_tstamp)', 'max(p.start_tstamp)'],
  ['sessions', 'sessions_userid_manifest_staged.sql', 'min(u.start_tstamp)', 'max(u.start_tstamp)'],
  ['sessions', 'sessions_userid_manifest_staged.sql', 'where u.domain_userid is not null', ''],
  [
    'users',
    'users_this_run.sql',
    'order by s.start_tstamp, s.domain_sessionidx,',
    'order by s.start_tstamp,',
  ],
  ['users', 'users_this_run.sql', 'inner join', 'left join'],
  ['users', 'users_this_run.sql', 'sum(s.page_views)', 'max(s.page_views)'],
  ['users', 'last_first.sql', 'desc nulls last', 'desc nulls first'],
  ['users', 'users_batch.sql', 'min(m.start_tstamp)', 'max(m.start_tstamp)'],
  ['users', 'users_manifest.sql', 'min(u.start_tstamp)', 'max(u.start_tstamp)'],
]

const mutated = (
  files: readonly SourceFile[],
  name: string,
  text: string,
  broken: string,
): readonly SourceFile[] =>
  files.map(file => {
    if (!file.path.endsWith(`/${name}`)) return file
    assert.ok(file.text.includes(text), `${name} has no '${text}' to break`)
    return { ...file, text: file.text.replace(text, broken) }
  })

for (const [module, file, text, broken] of mutations) {
  test(`unit tests of ${module}: one fails where ${file} has '${broken}' for '${text}'`, async () => {
    const models = mutated(project.models, file, text, broken)
    const macros = mutated(project.macros, file, text, broken)
    assert.notDeepEqual(await failing({ ...project, models, macros }, module), [])
  })
}
