-- A session stands once.
{{ broken_keys('sessions', 'domain_sessionid', 'start_tstamp') }}
