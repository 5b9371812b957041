{{ config(materialized='scratch') }}

-- The user agents of bots among those of this batch. They are few, so each is looked at once: `max` keeps the planner
-- from looking at every event first.
select e.useragent
from {{ ref('page_view_events') }} as e
group by e.useragent
having {{ contains_word('max(e.useragent)', bot_words()) }}
