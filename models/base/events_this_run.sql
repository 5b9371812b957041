{{ config(materialized='view') }}

-- The events of this run: each session with new work, whole, up to the end of the window. Copies are few, so only they
-- are put in order; all other events go through as they are.
{{ events_read(copies=false) }}
{%- if var('event_dedupe') == 'first' %}

union all

select
    c.page_view_id,
    {{ event_columns('c') }}
from (
    {{ events_read(copies=true) | indent(4) }}
) as c
where c.copy = 1
{%- endif %}
