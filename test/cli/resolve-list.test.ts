import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/errors.ts';
import { makeCernRepository } from '../hosts/tree.ts';
import { builtFrom, JINR, Setting } from './setting.ts';

// The commands that answer a question: one answer on standard output and nothing beside it, by words or by JSON.
const setting = new Setting();
afterAll(() => setting.remove());
const { cvmfs } = setting;
const jinr = join(cvmfs, JINR);
const CERN = 'unpacked.cern.ch';
const digest = `sha256:${'ab'.repeat(32)}`;
const real = setting.publish({
  'library/small:1': builtFrom('small:1'),
  'nica/bmn:latest': builtFrom('git.jinr.ru:5005/nica/bmn:latest'),
  'nica/plain:1': { files: { 'etc/x': '' } },
  'broken/escapes:1': { link: '/etc' },
  'broken/gone:1': { link: `/cvmfs/${JINR}/.images/00/11` },
});
makeCernRepository(join(cvmfs, CERN), { 'git.jinr.ru:5005/nica/cern:1': builtFrom('x') });
mkdirSync(join(cvmfs, 'empty.cern.ch'));
symlinkSync(`/cvmfs/${JINR}/.images`, join(jinr, 'library/esc\u001b[31m:1'));

const hub = { registry: 'docker.io', repository: 'library/small', tag: '1', digest: null };
const bmn = { registry: 'git.jinr.ru:5005', repository: 'nica/bmn', tag: 'latest', digest: null };
const found = {
  state: 'published',
  repository: JINR,
  path: `${jinr}/nica/bmn:latest`,
  target: real['nica/bmn:latest'],
  reason: null,
};
const nothing = { state: 'missing', repository: null, path: null, target: null, reason: null, findings: [] };
const mismatch = {
  code: 'registry-mismatch',
  message:
    "the published nica/bmn was made from git.jinr.ru:5005, not from other.org: this repository's paths hold no registry",
  evidence: '.singularity.d/Singularity in the image says from: git.jinr.ru:5005/nica/bmn:latest',
  hint: 'ask for git.jinr.ru:5005/nica/bmn:latest if that is meant; to take it all the same, give --any-registry',
};

/** Where the answer comes from: the mounted repository. */
const looked = { mounted: true, http: null, verified: null };

type Row = [words: string[], code: number, answer: Record<string, unknown>];

const answers: Row[] = [
  [
    ['small:1'],
    EXIT.ok,
    {
      ...found,
      reference: hub,
      path: `${jinr}/library/small:1`,
      target: real['library/small:1'],
      findings: [],
    },
  ],
  [['git.jinr.ru:5005/nica/bmn'], EXIT.ok, { ...found, reference: bmn, findings: [] }],
  [[`/cvmfs/${JINR}/nica/bmn:latest`], EXIT.ok, { ...found, reference: null, findings: [] }],
  [
    ['other.org/nica/bmn'],
    EXIT.no,
    { ...found, reference: { ...bmn, registry: 'other.org' }, findings: [mismatch] },
  ],
  [
    ['--any-registry', 'other.org/nica/bmn'],
    EXIT.ok,
    { ...found, reference: { ...bmn, registry: 'other.org' }, findings: [mismatch] },
  ],
  [
    ['quay.io/nica/plain:1'],
    EXIT.ok,
    {
      ...found,
      reference: { registry: 'quay.io', repository: 'nica/plain', tag: '1', digest: null },
      path: `${jinr}/nica/plain:1`,
      target: real['nica/plain:1'],
      findings: [
        {
          code: 'ambiguous-registry',
          message:
            "nothing says that nica/plain comes from quay.io: this repository's paths hold no registry",
          evidence: 'the image has no record of its origin (.singularity.d/Singularity, labels.json)',
          hint: 'compare it with the registry: jcds status --check-registry IMAGE',
        },
      ],
    },
  ],
  [
    [`nica/bmn:latest@${digest}`],
    EXIT.no,
    {
      ...found,
      reference: { ...bmn, registry: 'docker.io', digest },
      findings: [
        {
          code: 'digest-unproven',
          message: `nothing in the repository proves that this is ${digest}`,
          evidence: `it is published as ${real['nica/bmn:latest']?.slice(jinr.length + 1)}`,
          hint: 'let the registry confirm it: jcds status --check-registry IMAGE',
        },
      ],
    },
  ],
  [['small:2'], EXIT.no, { ...nothing, reference: { ...hub, tag: '2' } }],
  [
    ['broken/escapes:1'],
    EXIT.no,
    {
      ...nothing,
      reference: { ...hub, repository: 'broken/escapes' },
      state: 'broken',
      repository: JINR,
      reason: {
        code: 'escapes',
        detail: `the link broken/escapes:1 in ${JINR} leads out of the repository, to /etc`,
        hint: `tell the people who run ${JINR}; a repository that is meant is named in allowedLinkTargets`,
      },
    },
  ],
  [
    ['broken/gone:1'],
    EXIT.no,
    {
      ...nothing,
      reference: { ...hub, repository: 'broken/gone' },
      state: 'broken',
      repository: JINR,
      reason: {
        code: 'dangling',
        detail: `${jinr}/broken/gone:1 is published, but leads to nothing: ${jinr}/.images/00/11`,
        hint: `tell the people who run ${JINR}; a removed image is there again when its tag is published anew`,
      },
    },
  ],
  [
    ['--repository', 'empty.cern.ch', 'small:1'],
    EXIT.later,
    {
      ...nothing,
      reference: hub,
      state: 'unreachable',
      mounted: false,
      repository: 'empty.cern.ch',
      reason: {
        code: 'NOT_MOUNTED',
        detail: `${cvmfs}/empty.cern.ch is empty, and nothing is mounted on it`,
        hint: expect.stringContaining('it is not mounted.'),
      },
    },
  ],
];

/** What resolve asks nobody about, and why. */
const notAsked = {
  newest: null,
  local: null,
  registry: null,
  reasons: {
    newest: 'not asked: jcds status asks a server',
    local: 'not looked for: jcds status',
    registry: 'not asked: jcds status --check-registry',
  },
};

describe('resolve', () => {
  test.each(answers)('--json %j', (words, code, answer) => {
    const { stdout, ...rest } = setting.jcds(['resolve', '--json', ...words]);
    expect(rest).toEqual({ code, stderr: '' });
    expect(stdout).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(stdout)).toEqual({ schemaVersion: 2, ...looked, ...notAsked, ...answer });
  });

  test.each(answers)('without --json: the same code, and a path or nothing: %j', (words, code, answer) => {
    const { stdout, stderr, ...rest } = setting.jcds(['resolve', ...words]);
    expect(rest.code).toBe(code);
    // In OSG's layout, since its links lead below /cvmfs, which this root is not.
    const path = String(answer.path).startsWith(`${jinr}/`) ? answer.target : answer.path;
    expect(stdout).toBe(code === EXIT.ok ? `${String(path)}\n` : '');
    expect(stderr).toMatch(code === EXIT.ok ? /^$/ : /^jcds: .*\nhint: .*\n$/);
  });

  test('is safe in a script', () => {
    const script = (image: string) =>
      `img=$("$jcds" resolve ${image} 2>/dev/null) && echo "run $img"; echo "$?"`;
    expect(setting.sh(script('small:1')).stdout).toBe(`run ${real['library/small:1']}\n0\n`);
    expect(setting.sh(script('small:2')).stdout).toBe('1\n');
  });
});

describe('list', () => {
  const names = ['library/small:1', 'nica/bmn:latest', 'nica/plain:1', 'broken/escapes:1', 'broken/gone:1'];
  const left = `jcds: 1 names in ${JINR} hold characters that no terminal should get, and were left out\n`;
  const sorted = (text: string) => text.split('\n').slice(0, -1).sort();

  test.each([
    [[], names],
    [['nica/'], ['nica/bmn:latest', 'nica/plain:1']],
    [['*:1'], names.filter(name => name.endsWith(':1'))],
    [['nica/b?n:[kl]*'], ['nica/bmn:latest']],
    [['--repository', CERN], ['git.jinr.ru:5005/nica/cern:1']],
    [['--repository', JINR, '--repository', CERN, 'git*'], ['git.jinr.ru:5005/nica/cern:1']],
  ])('%j', (words, expected) => {
    const { code, stdout, stderr } = setting.jcds(['list', ...words]);
    expect([code, sorted(stdout)]).toEqual([EXIT.ok, [...expected].sort()]);
    expect(['', left]).toContain(stderr);
  });

  test('--json: one object a line, and nothing on standard error', () => {
    const { code, stdout, stderr } = setting.jcds(['list', '--json', 'nica/']);
    expect([code, stderr]).toEqual([EXIT.ok, '']);
    expect(sorted(stdout).map(line => JSON.parse(line))).toEqual(
      ['nica/bmn:latest', 'nica/plain:1'].map(name => ({
        repository: JINR,
        name,
        path: `${jinr}/${name}`,
        mounted: true,
        verified: null,
      })),
    );
  });

  test('nothing that matches is "no", what cannot be seen is "later"', () => {
    expect(setting.jcds(['list', '-q', 'none/'])).toEqual({ code: EXIT.no, stdout: '', stderr: '' });
    const { code, stdout } = setting.jcds(['list', '--repository', 'empty.cern.ch']);
    expect([code, stdout]).toEqual([EXIT.later, '']);
  });

  test('a reader that has enough is no failure', () => {
    expect(setting.sh('{ "$jcds" list -q; echo "$?" >&2; } | head -n 1')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^[01]\n$/),
    });
  });
});

describe('help', () => {
  test('exit-codes tells every code', () => {
    const { code, stdout } = setting.jcds(['help', 'exit-codes']);
    expect(code).toBe(0);
    for (const exit of Object.values(EXIT))
      expect(stdout).toMatch(new RegExp(`^ *${exit}  run, exec, shell: `, 'm'));
  });

  test.each([
    [['--help'], 'Usage: jcds [options] [command]\n'],
    [['help'], 'Usage: jcds [options] [command]\n'],
    [['exec', '--help'], 'Usage: jcds exec [options] <image> [command...]\n'],
    [['help', 'exec'], 'Usage: jcds exec [options] <image> [command...]\n'],
    [['config'], 'Usage: jcds config [options] [command]\n'],
    [['help', 'configuration'], 'Layers, the strongest first:\n'],
    [['help', 'environment'], '--env-policy decides which of your variables the job sees'],
    [['--version'], `${JSON.parse(execFileSync('cat', ['package.json'], { encoding: 'utf8' })).version}\n`],
  ])('%j', (words, start) => {
    const { stdout, ...rest } = setting.jcds(words);
    expect(stdout.slice(0, start.length)).toBe(start);
    expect(rest).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001b');
  });
});

describe('config', () => {
  test('set, get, list and unset the user’s own file', () => {
    const own = join(setting.home, '.config/jcds/config.json');
    expect(setting.jcds(['config', 'set', 'repositories', `${JINR},${CERN}`])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(setting.jcds(['config', 'get', 'repositories']).stdout).toBe(`["${JINR}","${CERN}"]\n`);
    const { settings, sources } = JSON.parse(setting.jcds(['config', 'list', '--json']).stdout);
    expect([settings.repositories, sources.repositories, sources.cvmfsRoot]).toEqual([
      [JINR, CERN],
      own,
      'JCDS_CVMFS_ROOT',
    ]);
    expect(setting.jcds(['config', 'list']).stdout).toContain(
      `repositories = ["${JINR}","${CERN}"]  (${own})\n`,
    );
    setting.jcds(['config', 'unset', 'repositories']);
    expect(setting.jcds(['config', 'get', 'repositories']).stdout).toBe(`["${JINR}"]\n`);
  });

  test.each([
    [['set', 'gpu', 'intel'], 'gpu is "intel", but must be one of auto, nvidia, rocm, none'],
    [['get', 'colour'], 'there is no setting "colour"'],
    [
      ['set', 'store', 'store'],
      'store is "store", but must be absolute in a file, and "store" does not begin with /',
    ],
    [
      ['set', 'sharedStores', '/a,b'],
      'sharedStores is "/a,b", but must be absolute in a file, and "b" does not begin with /',
    ],
    [
      ['set', 'cvmfsTimeout', ''],
      'cvmfsTimeout is "", but must be a number of seconds above 0 and at most 86400',
    ],
  ])('%j', (words, message) => {
    const stderr = `jcds: ${message}\nhint: jcds help configuration\n`;
    expect(setting.jcds(['config', ...words])).toEqual({ code: EXIT.usage, stdout: '', stderr });
  });

  test('a store of the working directory is none of the user’s', () => {
    const own = join(setting.home, '.config/jcds/config.json');
    writeFileSync(own, '{"store": "store"}');
    const message = 'store must be absolute in a file, and "store" does not begin with /';
    expect(setting.jcds(['exec', '--local', 'small:1', 'true'])).toEqual({
      code: EXIT.failed,
      stdout: '',
      stderr: `jcds: ${own}, line 1: ${message}\nhint: jcds help configuration\n`,
    });
    rmSync(own);
  });

  test('does not write over a file that is broken', () => {
    const own = join(setting.home, '.config/jcds/config.json');
    writeFileSync(own, '{\n oops');
    const stderr = `jcds: ${own}, line 2: is not valid JSON\nhint: jcds help configuration\n`;
    expect(setting.jcds(['config', 'set', 'gpu', 'none'])).toEqual({ code: EXIT.usage, stdout: '', stderr });
  });
});
