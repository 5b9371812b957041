// What every session with Postgres is set to, on a server or embedded.

/** What a session is set to, whatever the server's defaults: results and literals mean the same everywhere. */
export const sessionSettings: readonly (readonly [name: string, value: string])[] = [
  ['timezone', 'UTC'],
  ['datestyle', 'ISO, MDY'],
  ['intervalstyle', 'postgres'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '1'],
  ['standard_conforming_strings', 'on'],
  ['client_min_messages', 'warning'],
]
