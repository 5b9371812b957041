// A project that edits are made to, and what diff tells of an edit, in a form that a test can hold against what it expects.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import type { TestProject } from './support.js'

export const files = {
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
export type Path = keyof typeof files

export const visits = 'models/visits.sql'

export const git = (directory: string, ...words: readonly string[]): void =>
  void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
    cwd: directory,
    stdio: 'ignore',
  })

export interface Told {
  readonly name: string
  readonly adapter: string
  readonly classes: readonly string[]
  readonly causes: readonly { readonly name: string }[]
  readonly downstream: readonly string[]
}

export interface Manifest {
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

/** What `diff --format json` says of each node. */
export async function changesOf(project: TestProject, ...words: readonly string[]): Promise<readonly Told[]> {
  const { code, stdout, stderr } = await project.seshat('diff', '--format', 'json', ...words)
  assert.equal(code, 0, stderr)
  return (JSON.parse(stdout) as { nodes: readonly Told[] }).nodes
}

/** By node; fails where the adapters do not agree. */
export function summary(changes: readonly Told[]): Record<string, readonly string[]> {
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
