import { resolve } from 'node:path';
import type { CommandDeclaration } from '../../src/commands/command.ts';
import { completionModel } from '../../src/completion/model.ts';
import { completionScripts } from '../../src/completion/scripts.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

const action = () => Promise.reject(new Error('a declaration is only read here'));
const IMAGE = { name: 'image', description: 'an image', completes: 'image' } as const;
const REPOSITORY = {
  flags: '--repository <name>',
  description: 'search here (repeatable)',
  repeatable: true,
  completes: 'repository',
} as const;

/** One command of every kind that a declaration can describe, whatever the real ones are. */
export const TABLE: readonly CommandDeclaration[] = [
  {
    name: 'run',
    summary: 'Run an image: it’s [all] you need',
    arguments: [IMAGE, { name: 'argument', description: 'passed on', optional: true, variadic: true }],
    options: [
      {
        flags: '-B, --bind <spec>',
        description: 'show $(this): `here`',
        repeatable: true,
        completes: 'directory',
      },
      { flags: '--env-file <file>', description: "the file's lines", completes: 'file' },
      { flags: '--gpu <kind>', description: 'which GPU', choices: ['auto', 'nvidia', 'none'] },
      { flags: '--runtime <name>', description: 'use this runtime', completes: 'runtime' },
      { flags: '--workdir <directory>', description: 'inside' },
      { flags: '-n, --dry-run', description: 'print it' },
      { flags: '--volume <spec>', description: 'the same as --bind', alias: true },
      REPOSITORY,
    ],
    passThrough: true,
    action,
  },
  {
    name: 'resolve',
    summary: 'Print paths',
    arguments: [{ ...IMAGE, variadic: true }],
    options: [REPOSITORY],
    action,
  },
  {
    name: 'help',
    summary: 'Show help',
    arguments: [
      { name: 'topic', description: 'what', variadic: true, choices: ['exit-codes'], completes: 'command' },
    ],
    options: [],
    action,
  },
  { name: 'cache', summary: 'Report', arguments: [{ ...IMAGE, optional: true }], options: [], action },
  { group: 'cache', name: 'prune', summary: 'Clean', arguments: [], options: [], action },
  {
    group: 'condor',
    name: 'submit',
    summary: 'Submit',
    arguments: [IMAGE, { name: 'file', description: 'f', completes: 'file' }],
    options: [],
    action,
  },
  { group: 'condor', name: 'machine-ad', summary: 'Print', arguments: [], options: [], action },
];

/** The three scripts of that table. */
export const SCRIPTS = completionScripts(
  ROOT,
  completionModel(TABLE, {
    common: [
      { flags: '-q, --quiet', description: 'say less' },
      { flags: '--color <when>', description: 'colours', choices: ['auto', 'always'] },
    ],
    runtimes: ['apptainer', 'bubblewrap'],
    repositories: ['containers.jinr.ru', 'unpacked.cern.ch'],
  }),
);
