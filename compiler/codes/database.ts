// The codes of what check finds, of connections and of runs, each with what it means.

import type { CodeMeaning } from '../diagnostic_codes.js'

export const checkCodes = {
  'alias-without-as': {
    what: 'A word after a column became its name, most likely for want of a comma.',
    why: 'SQL lets `as` be left out, so a missing comma makes two columns one.',
    next: 'Put the comma, or write as.',
  },
  'ambiguous-column': {
    what: 'Several tables of a select have a column of that name.',
    why: 'It bears no alias.',
    next: 'Put the alias of its table before it.',
  },
  'ambiguous-table': {
    what: 'An alias stands for two tables of one select.',
    why: 'It was given twice.',
    next: 'Rename one of them.',
  },
  'column-count': {
    what: 'Selects that belong together have unlike numbers of columns.',
    why: 'Parts of a union, the list of an insert or of a with, or a number in order by do not fit.',
    next: 'Give both the same columns.',
  },
  'duplicate-column': {
    what: 'A table would have two columns of one name.',
    why: 'Two expressions of the select are called the same.',
    next: 'Rename one of them.',
  },
  'missing-comma': {
    what: 'Two texts stand side by side without a comma.',
    why: 'SQL makes one text of them.',
    next: 'Put the comma.',
  },
  'missing-parser': {
    what: 'check cannot look at the grammar of that adapter.',
    why: 'The parser of other dialects is an optional package that is not installed.',
    next: 'npm install @polyglot-sql/sdk, or check --adapter postgres.',
  },
  'not-grouped': {
    what: 'A column stands neither in group by nor in an aggregate.',
    why: 'The select groups, and of a group it would have many values.',
    next: 'Name it in group by, or aggregate it.',
  },
  'syntax-error': {
    what: 'The SQL of a statement cannot be parsed.',
    why: 'A word, a comma or a bracket is missing or too much.',
    next: 'Correct the marked place.',
  },
  'type-mismatch': {
    what: 'A value meets a type that it does not fit.',
    why: 'Two columns of unlike types are compared, joined or united, or a function takes others.',
    next: 'Cast one side, or correct which columns are meant.',
  },
  'unknown-column': {
    what: 'A table has no column of that name.',
    why: 'It is misspelt, or not carried along by the table before.',
    next: 'Correct the name; extra_event_columns carries more columns of the events.',
  },
  'unknown-function': {
    what: 'There is no function of that name.',
    why: 'It is misspelt, or another warehouse has it.',
    next: 'Correct the name, or put what differs between warehouses into a macro.',
  },
  'unknown-table': {
    what: 'There is no table, or no alias, of that name.',
    why: 'It is misspelt, or a model is named without ref.',
    next: 'Read models with ref, and tables of others with source.',
  },
  'unknown-type': {
    what: 'There is no type of that name.',
    why: 'It is misspelt, or another warehouse has it.',
    next: 'Correct the name.',
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>

export const databaseCodes = {
  'bad-private-key': {
    what: 'The private key of the profile cannot be used.',
    why: 'The file is missing, is no PEM key, or its passphrase is wrong.',
    next: 'Correct private_key_path and private_key_passphrase.',
  },
  'connection-failed': {
    what: 'No connection with the database.',
    why: 'Its name does not resolve, nothing listens there, it does not answer in time, or it refuses the settings of the session.',
    next: 'Correct host and port in the profile; check network, VPN and firewall. seshat debug shows each step.',
  },
  'connection-lost': {
    what: 'The connection ended while it was used.',
    why: 'The server, the network or somebody else ended it; open transactions are rolled back.',
    next: 'A run takes up what is left by itself, as --retries says. Else start the command again: what was committed stays, and nothing is counted twice.',
  },
  'embedded-unreadable': {
    what: 'The embedded database cannot be opened.',
    why: 'The folder is damaged, was made by another version, or the file system does not allow it.',
    next: 'Move the folder away to begin with an empty one, or open it with the version that made it.',
  },
  'internal-error': {
    what: 'A bug in Seshat.',
    why: 'Something happened that the code did not expect.',
    next: 'Report it with what you did and the text of the message.',
  },
  interrupted: {
    what: 'The command was stopped by Ctrl-C or a TERM signal.',
    why: 'What was under way is rolled back, the locks are released.',
    next: 'Run it again, or seshat retry.',
  },
  'lock-lost': {
    what: 'This run has lost its lock and stopped before its next commit.',
    why: 'Its session ended, its lease was not renewed in time, or somebody unlocked it.',
    next: 'See who runs now with seshat unlock --dry-run, then run again.',
  },
  locked: {
    what: 'Another run works on these tables, exit code 3.',
    why: 'One run at a time may write to a scratch or output schema.',
    next: 'Wait for it, with --wait 10m. Who holds the lock says seshat unlock --dry-run; one that died is taken over by itself.',
  },
  'login-failed': {
    what: 'The server did not let the user in.',
    why: 'User, password, key, token or role are wrong, missing, or not allowed from here.',
    next: 'Correct them in the profile, or in the environment that it reads.',
  },
  'lookback-miss': {
    what: 'Rows to be replaced stand further back than upsert_lookback_days.',
    why: 'They would stand twice. on_lookback_miss decides: widen replaces them and warns, error changes nothing.',
    next: 'Raise upsert_lookback_days to what the message says, or set on_lookback_miss: widen.',
  },
  'missing-column': {
    what: 'An input table lacks columns that models read.',
    why: 'Whoever loads it does not make them, or input_schema names another one.',
    next: 'Let them be added, empty if nothing fills them, or correct input_schema.',
  },
  'missing-driver': {
    what: 'The driver of Snowflake is not installed.',
    why: 'It is large, so it is a package of its own.',
    next: 'npm install snowflake-sdk beside Seshat.',
  },
  'missing-input-table': {
    what: 'A table that the run reads and does not make is not there.',
    why: 'The schema is another one, or whoever fills the table has not done so yet.',
    next: 'Correct input_schema or the source, or fill the table; for the demo events: seshat build.',
  },
  'missing-privilege': {
    what: 'The user of the profile may not do this.',
    why: 'The owner of the schema or table has not granted it.',
    next: 'Ask for the grant in the hint; docs/warehouses.md lists them all.',
  },
  'missing-relation': {
    what: 'A statement reads a table that is not there.',
    why: 'The model that makes it has not run, or schema or name are wrong.',
    next: 'Run that model first, or correct the name.',
  },
  'no-headway': {
    what: '--until-caught-up would run for ever.',
    why: 'The last run has noted nothing as read, so the next would read the same.',
    next: 'Select the complete step of base as well.',
  },
  'no-such-database': {
    what: 'The server has no database of that name.',
    why: 'It is misspelt, or not created yet.',
    next: 'Correct database in the profile, or create it.',
  },
  'node-gone': {
    what: 'A warning: retry leaves out what is gone or no longer selected.',
    why: 'The project has changed since the last invocation.',
    next: 'Run what has come in its place by name.',
  },
  'null-key': {
    what: 'Rows of an incremental model have no key.',
    why: 'A column of unique_key is NULL in them, so every run would write them once more.',
    next: 'Leave them out of the select, or give them a key.',
  },
  'results-not-written': {
    what: 'A warning: the results of this invocation cannot be written.',
    why: 'The system refuses to write into the target folder.',
    next: 'The run goes on; retry will not know of it. Make the folder writable.',
  },
  'report-failed': {
    what: 'A warning: the report at the end of a run lacks a part.',
    why: 'A query that counts what was written has failed, for want of a privilege or of time. The run itself is not touched by it.',
    next: 'Look at the cause; reports: {days: 0} in seshat.yml asks for no rows of days.',
  },
  'statement-cancelled': {
    what: 'A statement was stopped before its end.',
    why: 'statement_timeout has passed, or somebody cancelled it on the server.',
    next: 'Raise statement_timeout in the profile, or find out who cancels.',
  },
  'statement-failed': {
    what: 'The database refused a statement.',
    why: 'The cause has its words, the frame the place in the compiled file.',
    next: 'Correct the model; seshat retry runs what is left.',
  },
  'still-locked': {
    what: 'unlock could not take the lock away.',
    why: 'A process works on the embedded database, or the server has not ended the session yet.',
    next: 'End that process, or try again in a minute.',
  },
  'test-failed': {
    what: 'A data test has found rows that fail it.',
    why: 'The message says what they are, and how many. Rows that another system wrote before only warn.',
    next: 'The query for all of them is in the compiled file of the test, which the hint names; seshat test --select <its name> runs it again.',
  },
  'tls-failed': {
    what: 'No TLS connection with the server.',
    why: 'It has no TLS, or its certificate is not one that is trusted for this host.',
    next: 'Set sslrootcert, or host as in the certificate; sslmode: disable only where the network can be trusted.',
  },
  'write-conflict': {
    what: 'Another transaction wrote to the same rows.',
    why: 'It was tried again several times, and lost each time.',
    next: 'Run again when whoever else writes to these tables is done.',
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>
