import fc, { type Arbitrary } from 'fast-check';
import { CLOSED, DELETED, ORDINARY, type Situation, type SituationBind } from './situation.ts';

/** Mostly what is ordinary; `share` percent of the time one of the others. */
function rarely<Value>(share: number, ordinary: Value, ...others: readonly Value[]): Arbitrary<Value> {
  return fc.oneof(
    { weight: 100 - share, arbitrary: fc.constant(ordinary) },
    { weight: share, arbitrary: fc.constantFrom(...others) },
  );
}

const IMAGES = [
  ...[
    'small',
    'plain',
    'tmp-link',
    'vartmp-link',
    'tmp-dangling',
    'home-link',
    'no-home',
    'run-link',
    'no-dev',
    'no-passwd',
  ],
  ...[
    'own-uid',
    'own-name',
    'many',
    'many-homes',
    'raw-name',
    'env90',
    'hep-env',
    'own-cvmfs',
    'own-eos',
    'own-zone',
    'no-zone',
    'etc-links',
  ],
];

const HOMES = [
  ...[
    '/',
    '/home/me/',
    '/home/link',
    '/tmp/home',
    '/tmp/home/',
    '/lustre/home',
    '/home/gone',
    '/nonexistent',
  ],
  ...['/dev/null', 'relative', '', null],
];

const PLACES = [
  ...[
    '/home/me/sub',
    '/home/me/work',
    '/home/me/work/data',
    '/home/me/below',
    '/home/link',
    '/home/link/sub',
  ],
  ...[
    '/lustre/me',
    '/lustre/me/data',
    '/lustre/far/below',
    '/eos',
    '/eos/data',
    '/data/link',
    '/data/link/inner',
  ],
  ...['/tmp', '/tmp/job', '/tmp/home', '/var/tmp', '/var/tmp/job', '/scratch/tmp'],
  ...['/', '/usr', '/opt', '/etc', '/home', '/srv', '/cvmfs', '/usr/share', DELETED, CLOSED],
];

/** What the environment of login nodes and batch systems holds; values clash with those of the images. */
const VARIABLES: readonly (readonly [string, string])[] = [
  ...(['host', '', 'two  words', 'a$HOME `b` "c" \\d', "it's", 'line\nline'] as const).map(
    value => ['FOO', value] as const,
  ),
  ...([
    ['EMPTY', 'full'],
    ['EMPTY', ''],
    ['SMALL', 'host'],
    ['FROM90', 'host'],
    ['OTHER', 'x'],
    ['OTHER', ''],
  ] as const),
  ...([
    ['LD_LIBRARY_PATH', '/host/lib'],
    ['TZ', 'Europe/Berlin'],
    ['TZ', ''],
    ['LANG', 'C.UTF-8'],
    ['LC_ALL', 'C'],
    ['TERM', 'xterm'],
  ] as const),
  ...([
    ['SHELL', '/bin/zsh'],
    ['HOSTNAME_OF_MINE', 'h'],
    ['XDG_RUNTIME_DIR', '/run/user/1001'],
    ['OLDPWD', '/eos'],
    ['SHLVL', '3'],
  ] as const),
  ...([
    ['BASH_FUNC_module%%', '() {  eval x\n}'],
    ['http_proxy', 'http://127.0.0.1:9/'],
    ['UID', '4'],
    ['IFS', ':'],
    ['ENV', '/home/me/note'],
  ] as const),
  ...([
    ['TMPDIR', '/tmp/job'],
    ['TMPDIR', '/lustre/me/scratch'],
    ['TMPDIR', '/home/me/work/scratch'],
    ['TMPDIR', '/gone'],
  ] as const),
  ...([
    ['_CONDOR_SCRATCH_DIR', '/home/me/work/scratch'],
    ['_CONDOR_SCRATCH_DIR', '/lustre/me/scratch'],
    ['SLURM_JOB_ID', '7'],
    ['OMP_NUM_THREADS', '2'],
  ] as const),
  ...(['host', '', 'a b', '$HOME'] as const).map(value => ['APPTAINERENV_FOO', value] as const),
  ...([
    ['APPTAINERENV_PATH', '/own/bin:/bin:/usr/bin'],
    ['APPTAINERENV_PATH', ''],
    ['APPTAINERENV_PREPEND_PATH', '/before'],
    ['APPTAINERENV_APPEND_PATH', '/after'],
  ] as const),
  ...([
    ['SINGULARITYENV_FOO', 'old'],
    ['SINGULARITYENV_OLD', 'old'],
    ['APPTAINERENV_LD_LIBRARY_PATH', '/addressed'],
    ['APPTAINERENV_NEW', ''],
  ] as const),
  ...([
    ['CUDA_VISIBLE_DEVICES', '0'],
    ['CUDA_VISIBLE_DEVICES', '10000'],
    ['CUDA_VISIBLE_DEVICES', ''],
    ['CUDA_VISIBLE_DEVICES', 'NoDevFiles'],
    ['NVIDIA_VISIBLE_DEVICES', 'none'],
  ] as const),
  ...([
    ['X509_USER_PROXY', '/tmp/x509up_u'],
    ['X509_USER_PROXY', '/lustre/me/proxy'],
    ['X509_USER_PROXY', '/home/me/proxy-link'],
    ['X509_USER_PROXY', '/gone/proxy'],
  ] as const),
  ...([
    ['X509_CERT_DIR', '/cvmfs/grid/certificates'],
    ['BEARER_TOKEN_FILE', '/lustre/me/token'],
  ] as const),
  ...([
    ['KRB5CCNAME', 'FILE:/lustre/me/cc'],
    ['KRB5CCNAME', '/lustre/me/cc'],
    ['KRB5CCNAME', 'WRFILE:/lustre/me/cc'],
    ['KRB5CCNAME', 'DIR:/lustre/me/tickets'],
  ] as const),
  ...([
    ['KRB5CCNAME', 'DIR::/lustre/me/tickets/tkt'],
    ['KRB5CCNAME', 'KEYRING:persistent:1001'],
    ['KRB5CCNAME', 'KCM:'],
  ] as const),
];

/** What sites set for all their users' containers. */
const SITE: readonly (readonly [string, string])[] = [
  ...['APPTAINER_BIND', 'APPTAINER_BINDPATH', 'SINGULARITY_BIND', 'SINGULARITY_BINDPATH'].flatMap(name =>
    ['/eos', '/data/a,/eos:/eos:ro', '/lustre:/lustre', '/data/a/file:/n/file', '/data/a:/opt/site'].map(
      value => [name, value] as const,
    ),
  ),
  ...['CONTAIN', 'CLEANENV', 'NO_HOME', 'CONTAINALL'].flatMap(name =>
    ['APPTAINER', 'SINGULARITY'].map(prefix => [`${prefix}_${name}`, '1'] as const),
  ),
  ['APPTAINER_BIND', '/gone'],
  ...(['tmp', 'home', 'cwd', 'hostfs', 'bind-paths'] as const).map(
    value => ['APPTAINER_NO_MOUNT', value] as const,
  ),
  ...([
    ['APPTAINER_FAKEROOT', '1'],
    ['APPTAINER_HOME', '/eos'],
    ['APPTAINER_PWD', '/eos'],
    ['APPTAINER_WORKDIR', '/scratch'],
    ['APPTAINER_WRITABLE_TMPFS', '1'],
    ['APPTAINER_NV', '1'],
  ] as const),
];

const BINDS: readonly SituationBind[] = [
  ...[
    '/data/a',
    '/eos',
    '/lustre',
    '/lustre/me',
    '/lustre/open',
    '/data/link',
    '/home/me/work',
    '/home/me/sub',
    '/data/a/file',
    '/scratch',
    '/tmp/job',
    '/data/many',
  ].map(source => ({ source })),
  ...['/data/a', '/eos', '/lustre/open', '/data/nest', '/home/me/sub', '/data/a/file', '/data', '/tmp'].map(
    source => ({ source, place: source, mode: 'ro' as const }),
  ),
  ...[
    ...[
      '/n',
      '/n/deep/er',
      '/opt/new/place',
      '/opt/app',
      '/opt/own',
      '/mnt',
      '/mnt/x',
      '/usr/lib/big/mine',
      '/lib/mine',
      '/home/other',
      '/home',
      '/cvmfs/extra',
      '/cvmfs',
    ],
    ...[
      '/tmp/new/in',
      '/tmp',
      '/tmp/job',
      '/var/tmp',
      '/var/tmp/new',
      '/home/me/new',
      '/home/me/new/in',
      '/home/me/sub',
      '/home/me/work',
      '/run/x',
      '/var/run/y',
      '/run',
    ],
    ...[
      '/dev/extra',
      '/dev/shm',
      '/data/a/inner',
      '/eos/data',
      '/scratch/tmp',
      '/srv',
      '/root',
      '/etc/grid-security',
      '/sys',
    ],
  ].map(place => ({ source: '/data/a', place })),
  ...['/n/in', '/eos/data', '/data/nest/in', '/lustre/open/child', '/lustre/open/closed'].flatMap(place => [
    { source: '/data/a', place },
    { source: '/data/a', place, mode: 'ro' as const },
  ]),
  ...['/etc/passwd', '/etc/group', '/etc/hosts', '/etc/resolv.conf'].map(place => ({
    source: place.replace('/etc', '/data/files'),
    place,
  })),
  ...[
    '/etc/localtime',
    '/etc/motd',
    '/etc/new/file',
    '/n/file',
    '/home/me/note',
    '/tmp/file',
    '/dev/null',
  ].map(place => ({ source: '/data/a/file', place })),
  ...[
    { source: '/proc' },
    { source: '/tmp' },
    { source: '/home' },
    { source: '/etc/hosts' },
    { source: '/usr/share', place: '/host-share', mode: 'ro' as const },
  ],
  ...[
    { source: 'sub' },
    { source: '.' },
    { source: '/gone' },
    { source: '/data/a', place: '/n/' },
    { source: '/data/a/', place: '/n//two/' },
  ],
  ...[
    { source: '/data/nest', place: '/n', mode: 'ro' as const },
    { source: '/data/files', place: '/n' },
  ],
];

const SET: readonly (readonly [string, string])[] = [
  ...([
    ['FOO', 'typed'],
    ['FOO', ''],
    ['EMPTY', 'typed'],
    ['NEW', 'a b'],
    ['NEW', '$HOME `x` "y" \\z'],
    ['PATH', '/typed:/bin:/usr/bin'],
    ['LD_LIBRARY_PATH', '/typed'],
  ] as const),
  ...([
    ['PWD', '/typed'],
    ['TZ', 'Asia/Tokyo'],
    ['USER', 'typed'],
    ['CUDA_VISIBLE_DEVICES', '1'],
    ['FROM90', 'typed'],
  ] as const),
];

const some = <Value>(values: readonly Value[], weights: readonly number[]) =>
  fc.oneof(
    ...weights.map((weight, count) => ({
      weight,
      arbitrary: fc.array(fc.constantFrom(...values), { minLength: count, maxLength: count }),
    })),
  );

/** A name that stands twice would leave open which of them counts. */
function firstOfEach(entries: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return entries.filter(([name], index) => entries.findIndex(([other]) => other === name) === index);
}

/** Two binds at one place: each program has its own idea of which counts. */
function onePerPlace(binds: readonly SituationBind[]): SituationBind[] {
  const placeOf = ({ source, place }: SituationBind) =>
    (place ?? source).replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  return binds.filter((bind, index) => binds.findIndex(other => placeOf(other) === placeOf(bind)) === index);
}

/** Situations in which people run containers: each is ordinary in most respects, and odd in some. */
export const situations: Arbitrary<Situation> = fc
  .record({
    image: rarely(50, 'debian', ...IMAGES),
    layout: rarely<'osg' | 'cern'>(30, 'osg', 'cern'),
    home: rarely(35, ORDINARY.home, ...HOMES),
    account: rarely<Situation['account']>(25, 'same', 'ordinary', 'ordinary', 'ordinary', 'none'),
    cwd: rarely(50, ORDINARY.cwd, ...PLACES),
    zone: rarely<Situation['zone']>(30, 'Etc/UTC', 'Asia/Tokyo'),
    common: some(VARIABLES, [45, 25, 15, 15]),
    site: some(SITE, [85, 13, 2]),
    binds: some(BINDS, [40, 30, 20, 10]).map(onePerPlace),
    contain: rarely(12, false, true),
    noHome: rarely(3, false, true),
    homeOption: rarely(
      8,
      null,
      '/lustre/home',
      '/eos:/home/me',
      '/home/me/sub',
      '/tmp/home',
      '/home/link',
      '/home/me/work',
      '/eos:/n/home',
    ),
    workdir: rarely(
      8,
      null,
      '/tmp',
      '/eos',
      '/opt/own',
      '/gone',
      '/home/me/sub',
      '/home/me/work',
      '/n/deep',
      '/',
    ),
    set: some(SET, [75, 18, 7]).map(firstOfEach),
    policy: rarely<Situation['policy']>(25, 'keep', 'clean', 'hep'),
    gpu: rarely<Situation['gpu']>(8, 'default', 'nvidia', 'none'),
    writableTmpfs: rarely(2, false, true),
    exit: rarely(30, 0, 1, 7, 126, 255),
  })
  .map(({ common, site, ...rest }) => settled({ ...rest, environment: firstOfEach([...common, ...site]) }));

/**
 * Without what says the same twice; with an account that Apptainer can use (it starts for none whose home is no path); and, in a
 * directory that is closed, without what Apptainer forgets there: its own PWD variable and --pwd.
 */
function settled(situation: Situation): Situation {
  const { homeOption, noHome, home, account, contain, environment, cwd, workdir } = situation;
  const isPath = home?.startsWith('/') === true && home !== '/dev/null';
  const isClosed = cwd === CLOSED;
  return {
    ...situation,
    environment: isClosed ? environment.filter(([name]) => name !== 'APPTAINER_PWD') : environment,
    workdir: isClosed ? null : workdir,
    noHome: noHome && homeOption === null,
    account: !isPath && account !== 'ordinary' ? 'ordinary' : contain && isPath ? 'same' : account,
  };
}

/** This many, from this seed. */
export function drawSituations(count: number, seed: number): Situation[] {
  return fc.sample(situations, { numRuns: count, seed });
}
