import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import type { RunRequest } from '../../src/runtimes/runtime.ts';
import { byHand, variantOf } from './bare.ts';
import { type Container, containers } from './containers.ts';
import { MATRIX, retriesWhere } from './matrix.ts';
import { Workplace } from './workplace.ts';

const all = await containers();
const work = new Workplace();
const image = join(work.directory, 'clash');

/** As `apptainer build` writes it. Nearly every name is one that the caller may have as well. */
const ENV: Record<string, string> = {
  FOO: 'of the image',
  EMPTY: '',
  BOTH_EMPTY: '',
  ONLY_IMAGE: 'yes',
  TERM: 'image-term',
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  TZ: 'Europe/Paris',
  USER: 'somebody',
  HOME: '/of/the/image',
  DISPLAY: ':7',
  http_proxy: 'http://image:3128',
  X509_USER_PROXY: '/image/proxy',
  KRB5CCNAME: 'FILE:/image/ticket',
  CUDA_VISIBLE_DEVICES: '7',
  OMP_NUM_THREADS: '4',
  _CONDOR_SLOT: 'image',
  LD_LIBRARY_PATH: '/opt/app/lib',
  PYTHONPATH: '/opt/app/python',
  ADDRESSED: 'of the image',
};
const PATH = '/opt/app/bin:/bin';

beforeAll(() => {
  const lines = Object.entries(ENV).map(([name, value]) => `export ${name}="\${${name}:-"${value}"}"`);
  variantOf('library/debian:12', image, {
    '.singularity.d/env/10-docker2singularity.sh': `#!/bin/sh\nexport PATH="${PATH}"\n${lines.join('\n')}\n`,
  });
});
afterAll(async () => {
  work.remove();
  for (const { surroundings } of all) await surroundings.close?.();
});

/** The caller has another value for every name of the image (USER is the person's), and some of its own. */
const CALLER: Entries = [
  ...Object.keys(ENV)
    .filter(name => !['HOME', 'USER', 'PYTHONPATH', 'ONLY_IMAGE', 'BOTH_EMPTY'].includes(name))
    .map(name => [name, `caller's ${name}`] as const),
  ['BOTH_EMPTY', ''],
  ['OWN', "caller's"],
  ['OWN_EMPTY', ''],
  ['https_proxy', 'http://site:3128'],
  ['APPTAINER_CACHEDIR', '/scratch/cache'],
  ['SINGULARITY_TMPDIR', '/scratch/tmp'],
];
/** Names that HTCondor, Slurm or a person may set to nothing. */
const EMPTY: Entries = Object.keys(ENV)
  .filter(name => name !== 'HOME' && name !== 'USER')
  .map(name => [name, ''] as const);

const SITUATIONS: Record<string, Entries> = {
  'nothing of the caller’s': [],
  'every name in both': CALLER,
  'the caller’s are empty': EMPTY,
  'addressed to the container': [
    ...CALLER,
    ['APPTAINERENV_ADDRESSED', 'to you'],
    ['SINGULARITYENV_ADDRESSED', 'never seen'],
    ['SINGULARITYENV_TERM', 'vt100'],
    ['APPTAINERENV_FOO', ''],
    ['APPTAINERENV_NEW', ''],
    ['APPTAINERENV_EMPTY', 'full'],
  ],
  'APPTAINERENV_PATH= ': [...CALLER, ['APPTAINERENV_PATH', '']],
  'APPTAINERENV_PATH= before SINGULARITYENV_PATH': [
    ['APPTAINERENV_PATH', ''],
    ['SINGULARITYENV_PATH', '/of/singularity:/bin'],
  ],
  'a whole PATH': [['APPTAINERENV_PATH', '/whole:/bin']],
  'a PATH without /bin': [['APPTAINERENV_PATH', '/whole']],
  'a PATH to extend': [
    ['APPTAINERENV_PREPEND_PATH', '/first'],
    ['APPTAINERENV_APPEND_PATH', '/last'],
  ],
  'a PATH to extend, and a whole one': [
    ['APPTAINERENV_PATH', '/whole:/bin'],
    ['APPTAINERENV_PREPEND_PATH', '/first'],
    ['SINGULARITYENV_APPEND_PATH', '/last'],
  ],
  'a PATH to extend by nothing': [
    ['APPTAINERENV_PREPEND_PATH', ''],
    ['APPTAINERENV_APPEND_PATH', ''],
  ],
};

/** What Apptainer gives this person in this situation, typed by hand: asked once for all runtimes. */
const bare = new Map<string, Record<string, string>>();
function byApptainer(it: Container, situation: string): Record<string, string> {
  const key = `${it.person.name}: ${situation}`;
  const known = bare.get(key);
  if (known !== undefined) return known;
  const environment = callersOf({ ...it, surroundings: { ...it.surroundings, environment: [] } }, situation);
  const { stdout, stderr, code } = byHand(work, it, { image, words: SHOW, environment });
  expect([stderr, code]).toEqual(['', 0]);
  const found = variablesIn(stdout, 'apptainer');
  bare.set(key, found);
  return found;
}
const SHOW = ['/bin/cat', '/proc/self/environ'];

/** What every person has (PATH, HOME, USER, PWD and what the runtime wants), and this. */
function callersOf(it: Container, situation: string): Entries {
  return [...new Map([...work.environment(it), ...SITUATIONS[situation]!])];
}

for (const it of all) {
  const cells = MATRIX[it.name];
  describe.concurrent(it.label, { retry: retriesWhere(cells.output) }, () => contract(it));
}

function contract(it: Container): void {
  async function seen(environment: RunRequest['environment']): Promise<Record<string, string>> {
    const start = { image, words: SHOW, environment: environment.host };
    const { stdout, stderr, code } = await work.run(it, { ...start, request: { environment } });
    expect([stderr, code]).toEqual(['', 0]);
    return variablesIn(stdout, it.name);
  }
  const surrounding = Object.fromEntries(it.surroundings.environment);
  const everything = callersOf(it, 'every name in both');

  test.each(Object.keys(SITUATIONS))('keep is what Apptainer gives, typed by hand: %s', async situation => {
    const expected = { ...byApptainer(it, situation), ...surrounding };
    expect(await seen({ policy: 'keep', host: callersOf(it, situation), set: [] })).toEqual(
      variablesIn(environOf(expected), it.name),
    );
  });

  test('hep: the caller’s values of the listed names come first, and nobody else’s', async () => {
    const listed =
      'TERM LANG LC_ALL TZ DISPLAY http_proxy X509_USER_PROXY KRB5CCNAME CUDA_VISIBLE_DEVICES OMP_NUM_THREADS _CONDOR_SLOT';
    const callers = listed.split(' ').map(name => [name, `caller's ${name}`] as const);
    expect(await seen({ policy: 'hep', host: everything, set: [] })).toEqual({
      ...ENV,
      ...Object.fromEntries(callers),
      HOME: it.person.home,
      PWD: work.directory,
      USER: it.person.name,
      PATH: `${PATH}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin`,
      https_proxy: 'http://site:3128',
    });
  });

  test('--env wins over both', async () => {
    const set = Object.keys(ENV)
      .filter(name => name !== 'HOME')
      .map(name => [name, `given ${name}`] as const);
    for (const policy of ['keep', 'clean', 'hep'] as const)
      expect(await seen({ policy, host: everything, set })).toMatchObject(Object.fromEntries(set));
  });
}

/** Less what Apptainer and this runtime are known to add and to overrule (the matrix says what). */
function variablesIn(environ: string, runtime: Container['name']): Record<string, string> {
  const isTheirs = (variable: string) =>
    // Apptainer forgets these where they are empty and the image has no env/99-runtimevars.sh.
    variable.startsWith('SING_USER_DEFINED_') ||
    [MATRIX.apptainer, MATRIX[runtime]].some(
      ({ adds, overrules }) => adds.test(variable) || overrules.test(variable),
    );
  const entries = environ
    .split('\0')
    .slice(0, -1)
    .map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const);
  return Object.fromEntries(
    entries.flatMap(([variable, value]) => {
      if (variable !== 'LD_LIBRARY_PATH') return isTheirs(variable) ? [] : [[variable, value]];
      const own = value.split(':').filter(place => place !== '/.singularity.d/libs');
      return own.length === 0 ? [] : [[variable, own.join(':')]];
    }),
  );
}

function environOf(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\0`)
    .join('');
}
