{{ config(materialized='ephemeral') }}

-- Sessions of the window with events that do not count, where the window has not moved on.
{{ left_out_of(ref('base_window_sessions')) }}
