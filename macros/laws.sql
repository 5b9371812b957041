{#- What data tests share. A test selects the rows that break its law: `what` says which, `inherited` is 1 for a row that
    another system wrote before the module first ran. -#}

{#- Whether a row was there before its module first ran, by its time key.
    {{ inherited('sessions', 's.start_tstamp') }} as inherited -#}
{% macro inherited(table, tstamp) -%}
case when {{ tstamp }} <= (select max(i.newest_tstamp) from {{ ref('inherited_rows') }} as i where i.table_name = '{{ table }}') then 1 else 0 end
{%- endmacro %}

{#- Rows whose key is NULL or stands more than once.
    {{ broken_keys('sessions', 'domain_sessionid', 'start_tstamp') }} -#}
{% macro broken_keys(table, key, time) -%}
select
    '{{ table }}.{{ key }} ' || coalesce(t.{{ key }}, 'NULL') || ': ' || cast(count(*) as varchar(20)) || ' rows' as what,
    min({{ inherited(table, 't.' + time) }}) as inherited
from {{ ref(table) }} as t
group by t.{{ key }}
having count(*) > 1 or t.{{ key }} is null
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
