{#- What the laws of the model share: data tests of the modules, in YAML and in SQL files. -#}

{#- 1 for a row that was there before its module first ran, by its time key: another system has written it.
    {{ inherited('sessions', 's.start_tstamp') }} as inherited -#}
{% macro inherited(table, tstamp) -%}
case when {{ tstamp }} <= (select max(i.newest_tstamp) from {{ ref('inherited_rows') }} as i where i.table_name = '{{ table }}') then 1 else 0 end
{%- endmacro %}

{#- That a session is not on its way from page views to sessions.
    where {{ session_is_settled('p.domain_sessionid') }} -#}
{% macro session_is_settled(key) -%}
not exists (select 1 from {{ ref('page_views_staged') }} as st where st.domain_sessionid = {{ key }})
    and not exists (select 1 from {{ ref('page_views_staged_removed') }} as sr where sr.domain_sessionid = {{ key }})
{%- endmacro %}

{#- That a user is not on the way from sessions to users. -#}
{% macro user_is_settled(key) -%}
not exists (select 1 from {{ ref('sessions_userid_manifest_staged') }} as st where st.domain_userid = {{ key }})
{%- endmacro %}
