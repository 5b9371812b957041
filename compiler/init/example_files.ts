// Nothing -> the example that a new project begins with: a model, its description with data tests, and a unit test of it.

/** Path -> text, relative to the project. */
export const exampleFiles: ReadonlyMap<string, string> = new Map([
  [
    'models/landing_pages.sql',
    `{{ config(
    materialized='incremental',
    unique_key='domain_sessionid',
    time_key='start_tstamp',
    replaces='sessions_batch'
) }}

-- An example, to change or to remove: one row per session, with the page it began on and how deep it went. It reads the
-- sessions of this run and the page views they were made of, so the compiler runs it after sessions has committed and
-- before both are cleaned up. A later version of a session takes the place of the row before.
select
    s.domain_sessionid,
    s.start_tstamp,
    s.first_page_urlpath as landing_page,
    s.engaged_time_in_s,
    count(distinct p.page_urlpath) as different_pages
from {{ ref('sessions_this_run') }} as s
inner join {{ ref('page_views_staged') }} as p on p.domain_sessionid = s.domain_sessionid
group by
    s.domain_sessionid,
    s.start_tstamp,
    s.first_page_urlpath,
    s.engaged_time_in_s
`,
  ],
  [
    'models/models.yml',
    `# What is to be said of your models, and what must be true of each of their rows.
models:
  - name: landing_pages
    description: Where each session began, and how many different pages it saw.
    columns:
      - name: domain_sessionid
        description: The session.
        data_tests:
          - unique
          - not_null
      - {name: start_tstamp, description: When it began.}
      - {name: landing_page, description: Path of its first page.}
      - name: engaged_time_in_s
        description: Seconds of engaged time over all its pages.
        data_tests:
          - expression: ">= 0"
      - {name: different_pages, description: How many different paths it saw.}
`,
  ],
  [
    'models/unit_tests.yml',
    `# Which rows your models make of a few given ones. Needs no warehouse: seshat test --select resource_type:unit_test
unit_tests:
  - name: pages_seen_twice_count_once
    description: A session is one row, and a page that it has seen twice is one page.
    model: landing_pages
    given:
      - input: ref('sessions_this_run')
        rows:
          - {domain_sessionid: a, first_page_urlpath: /, engaged_time_in_s: 35}
          - {domain_sessionid: b, first_page_urlpath: /docs, engaged_time_in_s: 10}
      - input: ref('page_views_staged')
        rows:
          - {domain_sessionid: a, page_urlpath: /}
          - {domain_sessionid: a, page_urlpath: /pricing}
          - {domain_sessionid: a, page_urlpath: /}
          - {domain_sessionid: b, page_urlpath: /docs}
    expect:
      rows:
        - {domain_sessionid: a, landing_page: /, engaged_time_in_s: 35, different_pages: 2}
        - {domain_sessionid: b, landing_page: /docs, engaged_time_in_s: 10, different_pages: 1}
`,
  ],
])
