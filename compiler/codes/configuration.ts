// The codes of faults in what a person has configured or typed, each with what it means. docs/reference/errors.md is made
// of these.

import type { CodeMeaning } from '../diagnostic_codes.js'

export const configurationCodes = {
  'bad-identifier': {
    what: 'A name that would stand in SQL is not one that may.',
    why: 'Names of schemas, tables and columns are letters, digits, _ and $, do not begin with a digit, and have at most 63 bytes: then no warehouse cuts or quotes them.',
    next: 'Choose another name.',
  },
  'bad-results': {
    what: 'target/run_results is not what retry can take up.',
    why: 'It was written by another version, by hand, or for another project.',
    next: 'Run the command itself again, or give the --target-path of this project.',
  },
  'bad-selector': {
    what: 'A word after --select or --exclude, or in a selector, cannot be read.',
    why: 'A method, a number or an operator stands where none can.',
    next: 'Write it as in the list of selection words in README.md.',
  },
  'bad-usage': {
    what: 'The command cannot do anything with these words.',
    why: 'An argument is missing, is too much, or contradicts another one.',
    next: 'Look at the examples of seshat <command> --help.',
  },
  'bad-value': {
    what: 'A value in a YAML file is not of the kind that its key takes.',
    why: 'It has the wrong type, is out of range, or is missing.',
    next: 'Correct it; docs/reference/config.md has every key with its values.',
  },
  'bad-variable': {
    what: 'The value of a variable is not one that it can have.',
    why: 'It has the wrong type, is out of range, or is set for one module though it is the same for all.',
    next: 'Correct it; docs/reference/variables.md has every variable with its values.',
  },
  'bad-yaml': {
    what: 'A file is not YAML.',
    why: 'Indentation, quotes or brackets do not fit, a key stands twice, or aliases stand for too much.',
    next: 'Correct the marked place.',
  },
  'cannot-exclude': {
    what: 'What --exclude names cannot be left out by itself.',
    why: 'A module is set up and committed as a whole.',
    next: 'Leave out the module, or say with stage_next and skip_derived which tables it writes.',
  },
  'cannot-retry': {
    what: 'The last invocation cannot be taken up.',
    why: 'A secret of the profile stood in its --vars, so they were not written down.',
    next: 'Run the command itself again.',
  },
  'cannot-write': {
    what: 'A file of the new project could not be written.',
    why: 'The system refused it: permissions, space, or a file that has come to be there meanwhile.',
    next: 'Correct what the cause says; remove what was written before you start again.',
  },
  'in-the-way': {
    what: 'init has written nothing: files or folders stand where the project would go.',
    why: 'It writes over nothing, and through no symbolic link.',
    next: 'Name another folder, or move away what is listed.',
  },
  'loose-permissions': {
    what: 'A file with a secret can be read or changed by other users of the machine.',
    why: 'Its mode gives group or others what only its owner needs.',
    next: 'chmod 600 it.',
  },
  'missing-env-var': {
    what: 'profiles.yml reads an environment variable that is not set.',
    why: "env_var('NAME') has no second argument to fall back on.",
    next: "Set the variable, or give a default: env_var('NAME', '...').",
  },
  'missing-profile': {
    what: 'The profile that seshat.yml names was not found.',
    why: 'There is no profiles.yml in the folders that are looked at, or it has no profile of that name.',
    next: 'Correct the name, give --profiles-dir, or write the profile; without `profile` the embedded database is used.',
  },
  'missing-target': {
    what: 'The profile has no target of that name.',
    why: 'Neither --target nor `target` of the profile names one of its outputs.',
    next: 'Name one of the outputs.',
  },
  'missing-variable': {
    what: 'A variable without a default is not set.',
    why: 'A model that is enabled reads it; start_date of base is one.',
    next: 'Set it under vars in seshat.yml.',
  },
  'no-playbooks': {
    what: 'init --from-playbooks has nothing to read.',
    why: 'The folder is not there, or no file in it ends in .yml.tmpl or .yml.',
    next: 'Name the folder that holds the playbooks; hidden folders are to be named themselves.',
  },
  'no-project': {
    what: 'There is no seshat.yml in this folder.',
    why: 'The command was started elsewhere, or there is no project yet.',
    next: 'Go to the folder of the project, name it with --project-dir, or make one with seshat init.',
  },
  'no-results': {
    what: 'There is nothing to retry.',
    why: 'No run, build, seed or test has left its results in target/.',
    next: 'Run one of these, or give the --target-path that it had.',
  },
  'not-a-docs-folder': {
    what: 'A folder that docs build was told to fill holds something else.',
    why: 'docs build removes whatever it did not write, so it takes only a new folder, an empty one or its own.',
    next: 'Name another folder with --output.',
  },
  'not-confirmed': {
    what: 'Nothing was dropped or unlocked.',
    why: 'The question was not answered with yes; without a terminal nobody can answer.',
    next: 'Answer yes, or give --yes.',
  },
  'nothing-selected': {
    what: 'The selection holds nothing, or nothing that this command runs.',
    why: 'A name is misspelt, or the words select only what another command runs, such as seeds.',
    next: 'Look at what there is with seshat ls.',
  },
  'port-unavailable': {
    what: 'docs serve cannot listen on the port.',
    why: 'Another process listens there, or the port needs rights that you lack.',
    next: 'Name another one with --port; 0 takes any that is free.',
  },
  'reader-excluded': {
    what: 'A warning: a complete step will remove rows that an excluded model would have read.',
    why: 'The model was left out of this run, the step was not.',
    next: 'Exclude the complete step too if the model shall see these rows later.',
  },
  'secret-in-git': {
    what: 'profiles.yml holds a secret, and git keeps the file.',
    why: 'Everybody who has the repository has the secret, in its history too.',
    next: 'Take the value from the environment with env_var, and change the secret.',
  },
  'selector-cycle': {
    what: 'Selectors of seshat.yml name one another in a circle.',
    why: 'The message shows the way round.',
    next: 'Take one of these names out.',
  },
  'system-error': {
    what: 'The operating system refuses something.',
    why: 'The cause says what: a right that is missing, a disk that is full, a folder that is gone.',
    next: 'Correct that, and do it again.',
  },
  'unknown-adapter': {
    what: 'There is no adapter of that name.',
    why: 'It is misspelt, in --adapter or as type of an output.',
    next: 'Name embedded, postgres, redshift or snowflake.',
  },
  'unknown-base': {
    what: 'What --base or --state names cannot be compared with.',
    why: 'It is no git ref here and no folder with a project or a manifest, or that commit has no project.',
    next: 'Name a branch, a tag, a commit, or a folder; in CI, fetch the ref first.',
  },
  'unknown-folder': {
    what: 'seshat.yml configures a folder of models or tests that is not there.',
    why: 'It was renamed, or is misspelt.',
    next: 'Name a folder below models, for tests also one below tests, or . for all of it.',
  },
  'unknown-key': {
    what: 'A YAML file has a key that means nothing there.',
    why: 'It is misspelt, or stands one level too high or too low.',
    next: 'Correct it; docs/reference/config.md has every key.',
  },
  'unknown-module': {
    what: 'There is no module of that name.',
    why: 'A module is one of the standard ones, or a folder of models with a module.yml.',
    next: 'Correct the name.',
  },
  'unknown-seed': {
    what: 'seshat.yml configures, or YAML describes, a seed that is not there.',
    why: 'seeds/ has no CSV file of that name.',
    next: 'Correct the name, or remove the entry.',
  },
  'unknown-selector': {
    what: 'seshat.yml has no selector of that name.',
    why: 'It is misspelt, or not written yet.',
    next: 'Correct the name, or write it under selectors.',
  },
  'unknown-variable': {
    what: 'No variable is called that here.',
    why: 'It is misspelt, belongs to another module, or is one of your own that does not stand under custom.',
    next: 'Correct the name; docs/reference/variables.md has the standard ones.',
  },
  'unreadable-file': {
    what: 'A file of the project cannot be read.',
    why: 'It is no UTF-8 text, is too large, holds control characters, or is a symbolic link that leads out of the project.',
    next: 'Correct the file, or remove it.',
  },
  'unreadable-results': {
    what: 'target/run_results.json cannot be read, so the pages tell of no run.',
    why: 'It was written by another version or by hand.',
    next: 'Run again; the pages are complete but for that.',
  },
  'unwritable-file': {
    what: 'A file or folder cannot be written.',
    why: 'It belongs to somebody else, stands where a folder should, or the disk is full.',
    next: 'Name another place with --output.',
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>
