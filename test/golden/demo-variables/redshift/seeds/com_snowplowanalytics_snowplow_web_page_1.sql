-- the table com_snowplowanalytics_snowplow_web_page_1, where it is missing
-- only if missing: atomic.com_snowplowanalytics_snowplow_web_page_1
create table if not exists atomic.com_snowplowanalytics_snowplow_web_page_1 (
    root_id varchar,
    root_tstamp timestamp,
    id varchar
);

-- one transaction: the rows of seeds/com_snowplowanalytics_snowplow_web_page_1.csv take the place of those there
--   delete from atomic.com_snowplowanalytics_snowplow_web_page_1;
--   load atomic.com_snowplowanalytics_snowplow_web_page_1 (root_id, root_tstamp, id)

-- statistics of atomic.com_snowplowanalytics_snowplow_web_page_1
analyze atomic.com_snowplowanalytics_snowplow_web_page_1;
