-- A page view id stands once, and so does the event that it was made of.
{{ broken_keys('page_views', 'page_view_id', 'start_tstamp') }}

union all

{{ broken_keys('page_views', 'event_id', 'start_tstamp') }}
