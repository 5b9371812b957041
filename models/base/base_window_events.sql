{{ config(materialized='ephemeral') }}

-- The wanted events of this run's window, and those before it of sessions that may have gone on into it.
{{ events_of_window('base_window_limits') }}
