-- A user stands once.
{{ broken_keys('users', 'domain_userid', 'start_tstamp') }}
