{{ config(materialized='ephemeral') }}

-- Of the events with copies those that stay: the first in each session, or with event_dedupe exclude the only one.
select
    c.page_view_id,
    {{ event_columns('c') }}
from {{ ref('event_copies') }} as c
where {{ 'c.copy = 1' if var('event_dedupe') == 'first' else 'c.copies = 1' }}
