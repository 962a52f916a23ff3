import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { JOB_OPTIONS } from '../../src/commands/job-options.ts';
import { singularityRecord } from '../hosts/image-files.ts';
import { APPTAINER, builtFrom, Setting } from './setting.ts';

// What each option does to a job, read from the plan that --dry-run --json prints.
const setting = new Setting();
afterAll(() => setting.remove());
const apptainer = setting.install('apptainer', APPTAINER);
setting.install('singularity', APPTAINER.replace('apptainer version', 'singularity-ce version'));
const { folder, home, work, cvmfs } = setting;
const env = { IMAGE_ONLY: 'image', BOTH: 'image', PATH: '/opt/bin' };
setting.publish({
  'library/small:1': builtFrom(
    'small:1',
    singularityRecord({ from: 'small:1', env, entrypoint: ['/bin/sh'] }),
  ),
});
for (const name of ['data', 'other home', 'a:b']) mkdirSync(join(work, name));
writeFileSync(join(work, 'file'), 'FIRST=1\n# none\n\nSECOND=a = b\nCALLERS\n');
const CALLER = {
  CALLERS: 'c',
  BOTH: 'host',
  TERM: 'xterm',
  X509_USER_PROXY: `${folder}/absent`,
  SLURM_JOB_ID: '7',
  PYTHONHOME: '/host',
};

interface Plan {
  readonly command: { readonly file: string; readonly args: readonly string[] };
  readonly environment: { readonly variables: readonly { name: string; value?: string; from: string }[] };
  readonly binds: readonly { source: string; destination: string; mode: string; origin: string }[];
  readonly workdir: string;
  readonly home: { path: string; source: string | null };
  readonly gpu: string | null;
  readonly runtime: { readonly name: string };
  readonly reasons: Readonly<Record<string, string>>;
}

const tried = new Set<string>();

function plan(options: readonly string[], variables: Record<string, string> = {}): Plan {
  for (const word of options) tried.add(word.replace(/=.*/, ''));
  const { code, stdout, stderr } = setting.jcds(
    ['run', '--dry-run', '--json', '-v', ...options, 'small:1', 'x'],
    { env: { ...CALLER, ...variables } },
  );
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Plan;
}

/** Binds that somebody asked for. */
function asked({ binds }: Plan): string[] {
  return binds
    .filter(({ origin }) => origin !== 'default')
    .map(({ source, destination, mode, origin }) => `${source} ${destination} ${mode} ${origin}`);
}

/** `NAME=value`, or `NAME` where it is the caller's. */
function variables({ environment }: Plan): string[] {
  return environment.variables
    .filter(({ name, from }) => from !== 'jcds' && !/^(?:JCDS_.*|HOME|PATH|PWD)$/.test(name))
    .map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
    .sort();
}

describe('binds', () => {
  test.each([
    [['-B', 'data'], [`${work}/data ${work}/data rw user`]],
    [['--bind', 'data:/d'], [`${work}/data /d rw user`]],
    [['--bind=data:/d:ro'], [`${work}/data /d ro user`]],
    [['--volume', '../work/data:/d/../e/:rw'], [`${work}/data /e rw user`]],
    [['-B', 'data:/d', '-B', '/usr:/d'], ['/usr /d rw user']],
    [['--mount', `type=bind,src=${folder}/home/work/a:b,dst=/c:d,ro`], [`${work}/a:b /c:d ro user`]],
    [
      ['--mount', '"source=data",target=/t', '--mount', 'src=/usr,dst=/u,readonly=false'],
      [`${work}/data /t rw user`, '/usr /u rw user'],
    ],
  ])('%j', (options, binds) => expect(asked(plan(options)).sort()).toEqual([...binds].sort()));

  test('of the configuration: a missing source is dropped with a note', () => {
    const ended = setting.jcds(['run', '-n', '-v', 'small:1', 'x'], {
      env: { JCDS_BINDS: `${folder}/eos,/usr:/eos:ro` },
    });
    expect(ended.stderr).toContain(`jcds: ${folder}/eos does not exist: not shown in the container\n`);
    expect(asked(plan([], { JCDS_BINDS: `${folder}/eos,/usr:/eos:ro` }))).toEqual([
      '/usr /eos ro configuration',
    ]);
  });

  test('by default: CVMFS at /cvmfs and at its own path, jcds’ own directory as it is, an empty one for its settings; the home shows the working directory', () => {
    const [aboveCache, cache, above, config] = ['.cache', '.cache/jcds', '.config', '.config/jcds'].map(
      name => join(home, name),
    );
    expect(plan([]).binds.map(({ source, destination, mode }) => [source, destination, mode])).toEqual([
      [cvmfs, '/cvmfs', 'rw'],
      [cvmfs, cvmfs, 'rw'],
      [aboveCache, aboveCache, 'rw'],
      [cache, cache, 'ro'],
      [above, above, 'rw'],
      [join(cache!, 'nothing'), config, 'ro'],
    ]);
  });
});

describe('the environment', () => {
  const given = ['FIRST=1', 'SECOND=a = b'];
  test.each([
    [[], ['BOTH=image', 'CALLERS', 'IMAGE_ONLY=image', 'SLURM_JOB_ID', 'TERM', 'X509_USER_PROXY']],
    [
      ['--env-policy', 'clean'],
      ['BOTH=image', 'IMAGE_ONLY=image', 'TERM'],
    ],
    [['--cleanenv'], ['BOTH=image', 'IMAGE_ONLY=image', 'TERM']],
    [
      ['--env-policy', 'hep'],
      ['BOTH=image', 'IMAGE_ONLY=image', 'SLURM_JOB_ID', 'TERM', 'X509_USER_PROXY'],
    ],
    [
      ['--cleanenv', '--env-policy=hep'],
      ['BOTH=image', 'IMAGE_ONLY=image', 'SLURM_JOB_ID', 'TERM', 'X509_USER_PROXY'],
    ],
    [
      [
        '--cleanenv',
        '--env',
        'BOTH=mine',
        '--env-file',
        'file',
        '--env',
        'CALLERS',
        '--env',
        'ABSENT',
        '--env',
        'BOTH=later',
      ],
      ['BOTH=later', 'CALLERS=c', ...given, 'IMAGE_ONLY=image', 'TERM'],
    ],
    [
      ['--cleanenv', '--env-file', 'file', '--env', 'FIRST=', '--env', 'X=a,b=c'],
      ['BOTH=image', 'CALLERS=c', 'FIRST=', 'IMAGE_ONLY=image', 'SECOND=a = b', 'TERM', 'X=a,b=c'],
    ],
  ])('%j', (options, expected) => {
    expect(variables(plan(options))).toEqual([...expected].sort());
  });

  test('the image’s readable name and its real directory are in the job, PATH is the image’s', () => {
    const { environment } = plan([]);
    const value = (name: string) => environment.variables.find(row => row.name === name)?.value;
    expect(value('JCDS_IMAGE')).toBe('library/small:1');
    expect(value('JCDS_IMAGE_PATH')).toMatch(/^.*\/\.images\/[0-9a-f]{2}\/[0-9a-f]{62}$/);
    expect(value('PATH')).toBe('/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  });
});

describe('working directory and home', () => {
  const own = { path: home, source: home };
  test.each([
    [[], work, own, "the caller's"],
    [['--workdir', '/srv'], '/srv', own, '--workdir'],
    [['--pwd=/srv'], '/srv', own, '--pwd'],
    [['--cwd', '/srv'], '/srv', own, '--cwd'],
    [
      ['--home', 'other home'],
      work,
      { path: `${work}/other home`, source: `${work}/other home` },
      "the caller's",
    ],
    [['--home', `${work}/data:/home/me`], work, { path: '/home/me', source: `${work}/data` }, "the caller's"],
    [['--home', 'a:b:/h'], work, { path: '/h', source: `${work}/a:b` }, "the caller's"],
    [['--no-home'], work, { path: home, source: null }, "the caller's"],
    [['--contain'], home, { path: home, source: null }, "home: the caller's is not shown inside"],
    [['--contain', '-B', work], work, { path: home, source: null }, "the caller's"],
    [
      ['--contain', '--home', 'data'],
      `${work}/data`,
      { path: `${work}/data`, source: `${work}/data` },
      "home: the caller's is not shown inside",
    ],
  ])('%j', (options, workdir, where, reason) => {
    const decided = plan(options);
    expect([decided.workdir, decided.home, decided.reasons.workdir]).toEqual([workdir, where, reason]);
  });

  test.each([
    ['/usr', '/usr'],
    ['/mnt', home],
    ['/', '/'],
  ])('in %s of the host the job starts in %s', (cwd, inside) => {
    const { stdout } = setting.jcds(['run', '--dry-run', '--json', 'small:1', 'x'], { cwd });
    const { workdir, binds } = JSON.parse(stdout) as Plan;
    expect([workdir, binds.some(({ destination }) => destination === cwd)]).toEqual([inside, false]);
  });
});

describe('GPU', () => {
  test.each([
    [['--gpu', 'none'], null],
    [['--gpu', 'rocm'], 'rocm'],
    [['--nv'], 'nvidia'],
    [['--rocm'], 'rocm'],
    [['--nv', '--gpu', 'none'], null],
  ])('%j', (options, gpu) => expect(plan(options).gpu).toBe(gpu));
});

describe('the runtime', () => {
  test('the first of the table, or the one that is named', () => {
    expect(plan([]).command.file).toBe(apptainer);
    expect(plan(['--runtime', 'singularity']).runtime.name).toBe('singularity');
    expect(plan([], { JCDS_RUNTIMES: 'singularity,apptainer' }).runtime.name).toBe('singularity');
  });

  test('its own arguments stand before the image, options that it has are turned on', () => {
    const { args } = plan([
      '--runtime-arg=--net',
      '--runtime-arg',
      '--network=none',
      '--writable-tmpfs',
      '--contain',
    ]).command;
    const image = args.findIndex(word => word.includes('/.images/'));
    expect(args.slice(image - 2, image)).toEqual(['--net', '--network=none']);
    expect(args).toContain('--writable-tmpfs');
    expect(args).toContain('--contain');
  });
});

describe('the rest is the command’s', () => {
  test.each([
    ['run small:1 --bind x -n', ['/bin/sh', '--bind', 'x', '-n']],
    ['run small:1 -- a', ['/bin/sh', 'a']],
    ['run small:1 -- -- a --', ['/bin/sh', '--', 'a', '--']],
    ['run -- small:1 a -- b', ['/bin/sh', 'a', '--', 'b']],
    ['run -- small:1 -- a', ['/bin/sh', 'a']],
    ['-q run --no-input --color never small:1', ['/bin/sh']],
    ['exec small:1 -- ls -n --json', ['ls', '-n', '--json']],
    ['exec --if-missing fail --any-registry --cvmfs-timeout 5 small:1 ls --help', ['ls', '--help']],
  ])('%s', (line, words) => {
    for (const word of line.split(' ')) tried.add(word);
    const { stdout, stderr } = setting.jcds(line.split(' '));
    const given = stdout.slice(1, -2).split('>\n<');
    expect([given.slice(given.findIndex(word => word.includes('/.images/')) + 1), stderr]).toEqual([
      words,
      '',
    ]);
  });
});

test('no option is without a test here or in a file of its own', () => {
  const elsewhere = [
    '-n',
    '--json',
    '--status-file',
    '--repository',
    '--cvmfs-root',
    '--platform',
    '--stats',
    '--local',
  ];
  const flags = JOB_OPTIONS.map(row => row.flags.split(/[ ,]+/).filter(word => word.startsWith('-')));
  expect(flags.filter(names => ![...elsewhere, ...tried].some(word => names.includes(word)))).toEqual([]);
});
