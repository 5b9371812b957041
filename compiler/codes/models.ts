// The codes of faults in models, macros, modules and seeds, each with what it means.

import type { CodeMeaning } from '../diagnostic_codes.js'

export const modelCodes = {
  'bad-config': {
    what: 'config(...) of a model, or its config in YAML, holds what cannot be.',
    why: 'A key is unknown or does not fit the materialization, a value has the wrong type, or the table is one of the standard model.',
    next: 'Correct it; docs/reference/config.md has every key.',
  },
  'bad-data-test': {
    what: 'A data test in YAML cannot be read.',
    why: 'An argument is missing or stands in the wrong place, or the test is about no column.',
    next: 'Write it as the hint shows; docs/guide/tests.md has all of them.',
  },
  'bad-manifest': {
    what: 'A manifest.json cannot be used.',
    why: 'It is no JSON, was written by another version, lacks its compiled files, or is that of a selection.',
    next: 'Compile again: seshat compile --all-adapters.',
  },
  'bad-module': {
    what: 'A module.yml does not make a module.',
    why: 'It stands in models itself, or declares what it has no model for.',
    next: 'Give the module a folder of its own, and a model for each table it declares.',
  },
  'bad-ref': {
    what: 'A call of ref, source or their kin cannot be read or followed.',
    why: 'Its arguments are no texts in quotes, or name what this model may not read in this way.',
    next: "Write ref('name'); docs/guide/models.md says what a model may read.",
  },
  'bad-seed': {
    what: 'A CSV file in seeds is not one that can be loaded.',
    why: 'Its lines differ in length, its header names a column twice, or it has no header.',
    next: 'Correct the marked line.',
  },
  'bad-seed-value': {
    what: 'A value of a seed is none of the type of its column.',
    why: 'The type is declared in column_types, or the seed fills a table of the standard model.',
    next: 'Correct the value, or the type.',
  },
  'consumed-twice': {
    what: 'Two modules read one staged table.',
    why: 'The complete step of each would empty it under the other.',
    next: 'Read it in one module, and from a custom model in the other.',
  },
  cycle: {
    what: 'Models wait for one another in a circle.',
    why: 'The message shows each ref, or each end of a module, on the way round.',
    next: 'Take one of these refs out.',
  },
  'duplicate-data-test': {
    what: 'Two data tests have one name.',
    why: 'Names are made of the test, the model and its columns; two that differ in other ways need names of their own.',
    next: 'Give one of them a name.',
  },
  'duplicate-macro': {
    what: 'Two macros have one name.',
    why: 'Each name stands for one macro, and those of the package are names too.',
    next: 'Rename one of them.',
  },
  'duplicate-model': {
    what: 'Two models or seeds have one name.',
    why: 'A model is known by the name of its file, whatever its folder.',
    next: 'Rename one of the files.',
  },
  'duplicate-module': {
    what: 'Two modules have one name.',
    why: 'A module is known by its folder, and those of the standard model are names too.',
    next: 'Rename one of the folders.',
  },
  'duplicate-properties': {
    what: 'A model, a seed or a test is described twice.',
    why: 'Two entries in YAML files beside the models have its name.',
    next: 'Keep one of them.',
  },
  'duplicate-source': {
    what: 'A source, or a table of one, is declared twice.',
    why: 'Two entries under sources, or two of its tables, have the name.',
    next: 'Make one entry of the two.',
  },
  'duplicate-table': {
    what: 'Two models or seeds would be one table.',
    why: 'Schema and name are the same, capitals apart, with what the compiler adds to names.',
    next: 'Rename one of them, or give it another schema.',
  },
  'empty-model': {
    what: 'A model has no select.',
    why: 'The file is empty, or its templates give nothing.',
    next: 'Write the select, or remove the file.',
  },
  'nobody-consumes': {
    what: 'A staged table would be written that nobody empties.',
    why: 'stage_next is true, and no module of the project reads the table; it would grow for ever.',
    next: 'Enable the module that reads it, or set stage_next: auto.',
  },
  'missing-unique-key': {
    what: 'An incremental or staged table has no unique_key.',
    why: 'Without one nobody knows which row a new one replaces.',
    next: "Add unique_key to the model's config.",
  },
  'no-history': {
    what: 'A model cannot be rebuilt.',
    why: 'It reads rows of one run only, or the production table above it is off or absent.',
    next: 'Rebuild from further up, or read a production table; nothing was changed.',
  },
  'schema-changed': {
    what: 'The columns of an incremental model are others than those of its table.',
    why: 'Its select has changed since the table was made.',
    next: 'Run it with --full-refresh, or set on_schema_change: append_new_columns where columns were only added.',
  },
  'template-forbidden': {
    what: 'A template reaches for what it may not have.',
    why: 'Behind a value of JavaScript stands all of JavaScript; a template sees values and their plain properties only.',
    next: 'Use the filters of nunjucks, or a macro.',
  },
  'template-too-large': {
    what: 'A template makes more than any model needs.',
    why: 'A loop or a macro goes on without an end, or doubles a text or a list again and again.',
    next: 'Correct the marked place.',
  },
  'template-failed': {
    what: 'A template ended with an error.',
    why: 'A macro or an expression in it failed; the cause says how.',
    next: 'Correct the marked place.',
  },
  'template-syntax': {
    what: 'A template cannot be read.',
    why: 'A tag does not end, or holds what nunjucks does not know.',
    next: 'Correct the marked place.',
  },
  'template-trap': {
    what: 'A template means something else than it seems to.',
    why: 'nunjucks takes it without an error, and the SQL would be wrong: a for with an if, the sum of two lists, a clock, chance.',
    next: 'Write it as the hint says; docs/guide/templates.md has the list.',
  },
  'undeclared-table': {
    what: 'A model of a module is a lasting table that module.yml does not declare.',
    why: 'The columns of such a table are a contract: it is made before any row exists.',
    next: 'Declare it under tables with its columns.',
  },
  'undefined-value': {
    what: 'A template would print a value that is none.',
    why: 'A name is misspelt, or a variable has no value.',
    next: 'Correct the name, or set the variable.',
  },
  'unknown-data-test': {
    what: 'There is no data test of that name.',
    why: 'It is misspelt, or a test of another tool.',
    next: 'Correct the name, or write a SQL file in tests/.',
  },
  'unknown-macro': {
    what: 'There is no macro, filter or test of that name.',
    why: 'It is misspelt, or its file lies outside of macros/.',
    next: 'Correct the name.',
  },
  'unknown-model': {
    what: 'There is no model of that name.',
    why: 'It is misspelt, switched off, or no table that this can be said of.',
    next: 'Correct the name; seshat ls lists the models.',
  },
  'not-a-select': {
    what: 'The text of show --inline is no select.',
    why: 'It writes, holds several statements, or makes a table. show reads, and nothing it does stays.',
    next: 'Write one select; what should be written is a model.',
  },
  'unknown-ref': {
    what: 'A ref names what is not there.',
    why: 'The model is misspelt, or its module is switched off.',
    next: 'Correct the name, or switch the module on.',
  },
  'unknown-source': {
    what: 'A source names what is not there.',
    why: 'Under sources no entry has this name, or it has no such table.',
    next: 'Correct the name, or declare the table.',
  },
  'unknown-filter': {
    what: 'There is no filter of that name.',
    why: 'It is misspelt, or nunjucks does not have it.',
    next: 'Correct the name.',
  },
  'unknown-test': {
    what: 'There is no template test of that name.',
    why: 'What stands after `is` in an expression is misspelt, or nunjucks does not have it.',
    next: 'Correct the name.',
  },
  'unsafe-variable': {
    what: 'The text of a variable could change the SQL that it stands in.',
    why: 'It holds quotes or other characters that are no plain word.',
    next: "Write literal(var('name')), without quotes around it.",
  },
  'untyped-column': {
    what: "A column of the standard model's events is declared without a type.",
    why: 'The columns that the model reads have types already; of others nobody knows.',
    next: 'Add its type.',
  },
  'unwritten-table': {
    what: 'A model reads a table that a variable leaves unwritten.',
    why: 'skip_derived is true for its module, or stage_next is false.',
    next: 'Set the variable back, or switch the reader off.',
  },
  'view-over-scratch': {
    what: 'A view reads rows that its module empties or drops.',
    why: 'It would be empty, or an error, as soon as the run is over.',
    next: 'Materialize it as table or incremental, or read a production table.',
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>
