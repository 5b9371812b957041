{{ config(materialized='scratch', replace_by='domain_sessionid') }}

-- Of the events that were read more than once, those that stay: the first copy in each session, or with event_dedupe exclude
-- those of which a session has one alone.
select
    c.page_view_id,
    {{ event_columns('c') }}
from (
    select
        r.page_view_id,
        {{ event_columns('e') | indent(4) }},
        row_number() over (
            partition by e.domain_sessionid, e.event_id
            order by {{ event_copy_order('e') }}
        ) as copy,
        count(*) over (partition by e.domain_sessionid, e.event_id) as copies
    from {{ events_read(copies=true) | indent(4) }}
) as c
where {{ 'c.copy = 1' if var('event_dedupe') == 'first' else 'c.copies = 1' }}
