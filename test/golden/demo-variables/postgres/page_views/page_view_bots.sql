-- drop scratch.page_view_bots_test of an earlier run
-- only if base finds something new
-- only if there: scratch.page_view_bots_test
drop table if exists scratch.page_view_bots_test;

-- build page_view_bots
-- only if base finds something new
create unlogged table scratch.page_view_bots_test as
-- The user agents of bots among those of this batch. They are few, so each is looked at once: `max` keeps the planner
-- from looking at every event first.
select e.useragent
from scratch.page_view_events_test as e
group by e.useragent
having max(e.useragent) ~ 'bot|crawl|slurp|spider|archiv|spinn|sniff|seo|audit|survey|pingdom|worm|capture|browsershots|screenshots|analyz|index|thumb|check|facebook|PingdomBot|PhantomJS|YandexBot|Twitterbot|a_archiver|facebookexternalhit|Bingbot|BingPreview|Googlebot|Baiduspider|360Spider|360User-agent|semalt';

-- statistics of scratch.page_view_bots_test
-- only if base finds something new
-- only if there are rows
analyze scratch.page_view_bots_test;
