// Playbooks in the format of SQL-Runner, written for the tests of init: path -> text.

const targets = `:targets:
- :name: "Our warehouse"
  :type: redshift
  :host: {{.host}}
  :database: web
  :port: 5439
  :username: loader
  :password: planted-secret-0
  :ssl: false
`

export const playbooks: Readonly<Record<string, string>> = {
  'standard/01-base/01-base-main.yml.tmpl': `${targets}:variables:
  :model_version: v9
  :input_schema: atomic_raw
  :scratch_schema: tmp
  :output_schema: marts
  :entropy: ""
  :start_date: 2022-05-01
  :lookback_window_hours: "12"
  :update_cadence_days: 14
  :stage_next: true
  :platform_filters: [web]
:steps:
- :name: any
  :queries:
  - :name: any
    :file: standard/01-base/any.sql
    :template: true
`,
  'standard/01-base/99-base-complete.yml.tmpl': `:variables:
  :scratch_schema: tmp
  :output_schema: marts
  :entropy: ""
  :cleanup_mode: debug
  :ends_run: {{.ends}}
`,
  'standard/02-page-views/01-page-views-main.yml.tmpl': `:variables:
  :scratch_schema: tmp
  :output_schema: marts
  :entropy: "_b"
  :minimumVisitLength: 8
  :heartbeat: 15
  :ua_bot_filter: false
{{if .enrich}}
  :iab: true
{{end}}
  :upsert_lookback_day: 90
`,
  'standard/03-sessions/01-sessions-main.yml.tmpl': `:variables:
  :scratch_schema: tmp_sessions
  :output_schema: marts
  :upsert_lookback_days: 0
  :skip_derived: false
  :heartbeat: 5
`,
  'standard/03-sessions/XX-destroy-sessions.yml.tmpl': `:variables:
  :scratch_schema: tmp
  :output_schema: marts
`,
  'custom/02-page-views-join/01-page-views-join.yml.tmpl': `:variables:
  :output_schema: marts
  :goal_path: /thanks
:steps:
- :name: join
  :queries:
  - :name: join
    :file: custom/02-page-views-join/join.sql
  - :name: commit
    :file: custom/02-page-views-join/commit.sql
`,
  'broken.yml.tmpl': ':variables:\n  :a: [1\n',
}
