import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RUNTIME_NAMES } from '../../src/runtimes/index.ts';
import { elfHeader, singularityRecord } from '../hosts/image-files.ts';
import { APPTAINER, builtFrom, failure, JINR, Setting } from './setting.ts';

// Whatever can be wrong before a job starts: the whole message, the hint and the exit code, for people and for programs.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
const repository = join(setting.cvmfs, JINR);
const digest = `sha256:${'ab'.repeat(32)}`;
const absent = join(setting.folder, 'absent');
const noEntry = 'file:1';
setting.publish({
  'library/small:1': builtFrom('small:1'),
  'nica/bmn:latest': builtFrom('git.jinr.ru:5005/nica/bmn:latest'),
  'library/noshell:1': {
    files: {
      ...singularityRecord({ from: 'noshell:1' }),
      'bin/prog': { program: elfHeader(62) },
      etc: { directory: 0o755 },
    },
  },
  'library/arm:1': {
    files: {
      ...singularityRecord({ from: 'arm:1' }),
      'bin/sh': { program: elfHeader(183) },
      etc: { directory: 0o755 },
    },
  },
  'library/odd:1': builtFrom('odd:1', {
    'bin/text': 'echo hello\n',
    'bin/script': { program: '#!/opt/no/python3\n' },
    'bin/foreign': { program: elfHeader(183) },
  }),
  'broken/dangling:1': { link: `/cvmfs/${JINR}/.images/00/11` },
  'broken/absolute:1': { link: '/etc' },
  'broken/relative:1': { link: '../../../../../../etc' },
  'broken/neighbour:1': { link: `/cvmfs/${JINR}-evil/image` },
  'broken/loop:1': { link: 'loop:1' },
  [`broken/${noEntry}`]: { content: 'This is a file.\n' },
  'broken/esc:1': { link: 'x\u001b]0;title\u0007\u202e' },
});
symlinkSync(noEntry, join(repository, 'broken/linked:1'));
mkdirSync(join(setting.cvmfs, 'empty.cern.ch'));
mkdirSync(join(setting.cvmfs, `${JINR}-evil/image`), { recursive: true });
writeFileSync(join(setting.cvmfs, 'file.cern.ch'), '');
writeFileSync(join(setting.home, 'bad.env'), 'A=1\n-----BEGIN PRIVATE KEY-----\n');
writeFileSync(join(setting.home, 'big.env'), `A=1\nTOKEN=${'s'.repeat(140_000)}\n`);

const TELL = `tell the people who run ${JINR}`;
const BIND =
  'jcds run --bind SRC[:DST[:ro|rw]], or --mount type=bind,src=SRC,dst=DST[,ro] for names with colons';
const NAME =
  'write NAME=value, the name of letters, digits and _, and none that shells keep (UID, RANDOM, SHLVL, …)';

type Row = [words: string[], code: string, exit: number, message: string, hint: string];

const references: Row[] = [
  [
    ['exec', 'git.jinr.ru:5005/NICA/bmn', 'ls'],
    'INVALID_REFERENCE',
    125,
    'invalid image reference "git.jinr.ru:5005/NICA/bmn": upper-case letter "N" at character 18 in the repository',
    'repositories are lower-case: try git.jinr.ru:5005/nica/bmn',
  ],
  [
    ['run', 'oras://ghcr.io/a/b:1'],
    'INVALID_REFERENCE',
    125,
    'invalid image reference "oras://ghcr.io/a/b:1": "oras://" is not supported',
    'it names a SIF file, not an OCI image: run it with apptainer itself, or give the OCI image it was made from',
  ],
  [
    ['shell', 'https://user:secret@git.jinr.ru/a/b'],
    'INVALID_REFERENCE',
    125,
    'invalid image reference "https://***@git.jinr.ru/a/b": a user name or password stands before "@"',
    'leave it out: log in to the registry with docker login or podman login',
  ],
  [
    ['exec', 'small:1@sha256:12', 'ls'],
    'INVALID_REFERENCE',
    125,
    'invalid image reference "small:1@sha256:12": its sha256 digest has 2 digits, not 64',
    'give the whole digest, as the registry or `docker images --digests` prints it',
  ],
  [
    ['exec', './small', 'ls'],
    'INVALID_REFERENCE',
    125,
    'invalid image reference "./small": it is a path',
    'an image name looks like git.jinr.ru:5005/group/project:tag; where one is only looked for, an absolute path in a CVMFS repository will do too',
  ],
  [
    ['exec', 'a\u001b[31m\nb', 'ls'],
    'INVALID_REFERENCE',
    125,
    'invalid image reference "a?[31m b": "?" at character 2 does not belong in a repository',
    'a repository is made of lower-case letters, digits, ".", "_", "-" and "/"',
  ],
  [
    ['exec', '.', 'ls'],
    'USAGE',
    125,
    'no image was named',
    'name one, or put "image" into .jcds.json: jcds help configuration',
  ],
];

const publications: Row[] = [
  [
    ['exec', 'small:2', 'ls'],
    'NOT_PUBLISHED',
    125,
    `library/small:2 is not published in ${JINR} (looked at ${repository}/library/small:2)`,
    "see what is there with: jcds list '*small*'; ask for it with: jcds request library/small:2",
  ],
  [
    ['exec', '--repository', 'file.cern.ch', 'small:1', 'ls'],
    'CVMFS_UNREACHABLE',
    75,
    `the CVMFS repository file.cern.ch cannot be seen: ${setting.cvmfs}/file.cern.ch is a file`,
    'give the directory that holds the repositories with --cvmfs-root',
  ],
  [
    ['exec', '--repository', 'bad name', 'small:1', 'ls'],
    'INVALID_REPOSITORY',
    125,
    '"bad name" is not the name of a CVMFS repository',
    `give the full name as it stands below /cvmfs, such as ${JINR}`,
  ],
  [
    ['exec', 'broken/dangling:1', 'ls'],
    'BROKEN_PUBLICATION',
    125,
    `${repository}/broken/dangling:1 is published, but leads to nothing: ${repository}/.images/00/11`,
    `${TELL}; a removed image is there again when its tag is published anew`,
  ],
  [
    ['exec', 'broken/esc:1', 'ls'],
    'BROKEN_PUBLICATION',
    125,
    `${repository}/broken/esc:1 is published, but leads to nothing: ${repository}/broken/x?]0;title??`,
    `${TELL}; a removed image is there again when its tag is published anew`,
  ],
  [
    ['exec', 'broken/loop:1', 'ls'],
    'BROKEN_PUBLICATION',
    125,
    `${repository}/broken/loop:1 is published, but leads round in a circle, at ${repository}/broken/loop:1`,
    TELL,
  ],
  [
    ['exec', 'broken/file:1', 'ls'],
    'BROKEN_PUBLICATION',
    125,
    `${repository}/broken/file:1 is published, but leads to what is neither a directory nor an image file: ${repository}/broken/file:1`,
    TELL,
  ],
  [
    ['exec', 'broken/linked:1', 'ls'],
    'BROKEN_PUBLICATION',
    125,
    `${repository}/broken/linked:1 is published, but leads to what is neither a directory nor an image file: ${repository}/broken/file:1`,
    TELL,
  ],
  ...(
    [
      ['absolute:1', '/etc'],
      ['relative:1', '../../../../../../etc'],
      ['neighbour:1', `/cvmfs/${JINR}-evil/image`],
    ] as const
  ).map(
    ([name, target]): Row => [
      ['exec', `broken/${name}`, 'ls'],
      'LINK_ESCAPES',
      125,
      `the link broken/${name} in ${JINR} leads out of the repository, to ${target}`,
      `${TELL}; a repository that is meant is named in allowedLinkTargets`,
    ],
  ),
  [
    ['exec', 'other.org/nica/bmn', 'ls'],
    'REGISTRY_MISMATCH',
    125,
    "the published nica/bmn was made from git.jinr.ru:5005, not from other.org: this repository's paths hold no registry (.singularity.d/Singularity in the image says from: git.jinr.ru:5005/nica/bmn:latest)",
    'ask for git.jinr.ru:5005/nica/bmn:latest if that is meant; to take it all the same, give --any-registry',
  ],
  [
    ['exec', `nica/bmn:latest@${digest}`, 'ls'],
    'DIGEST_UNPROVEN',
    125,
    `${repository}/nica/bmn:latest is published, but nothing in the repository proves that it is ${digest}`,
    'without the digest: jcds resolve --pinned nica/bmn:latest',
  ],
  [
    ['exec', '--platform', 'linux/arm64', 'small:1', 'ls'],
    'PLATFORM_MISMATCH',
    125,
    'library/small:1 is published for linux/amd64 only, not for linux/arm64/v8',
    'to take it all the same, leave --platform out',
  ],
  [
    ['exec', '--platform', 'x/y/z', 'small:1', 'ls'],
    'INVALID_PLATFORM',
    125,
    '"x/y/z" is not a platform that Linux images have',
    'write linux/amd64, linux/arm64, or the name that `uname -m` prints',
  ],
];

const commands: Row[] = [
  [
    ['exec', 'small:1', 'nosuch', '--json'],
    'COMMAND_NOT_FOUND',
    127,
    '"nosuch" is not in the image library/small:1',
    'look what is there: jcds shell library/small:1',
  ],
  [
    ['exec', 'small:1', ''],
    'COMMAND_NOT_FOUND',
    127,
    '"" is not in the image library/small:1',
    'look what is there: jcds shell library/small:1',
  ],
  [
    ['exec', 'small:1', '/bin\u001b[2J'],
    'COMMAND_NOT_FOUND',
    127,
    '"/bin\\u001b[2J" is not in the image library/small:1',
    'look what is there: jcds shell library/small:1',
  ],
  [
    ['shell', 'library/noshell:1'],
    'COMMAND_NOT_FOUND',
    127,
    '"/bin/sh" is not in the image library/noshell:1',
    'the image has no shell; name one of its programs: jcds exec library/noshell:1 /PROGRAM',
  ],
  [
    ['run', 'library/noshell:1'],
    'COMMAND_NOT_FOUND',
    127,
    '"/bin/sh" is not in the image library/noshell:1',
    'the image has no shell; name one of its programs: jcds exec library/noshell:1 /PROGRAM',
  ],
  [
    ['exec', 'library/odd:1', '/etc'],
    'COMMAND_NOT_EXECUTABLE',
    126,
    '/etc in the image library/odd:1 cannot be executed: it is a directory',
    'jcds exec library/odd:1 COMMAND',
  ],
  [
    ['exec', 'library/odd:1', 'text'],
    'COMMAND_NOT_EXECUTABLE',
    126,
    '/bin/text in the image library/odd:1 cannot be executed: it has no execute permission for you',
    'jcds exec library/odd:1 COMMAND',
  ],
  [
    ['exec', 'library/odd:1', 'script'],
    'COMMAND_NOT_EXECUTABLE',
    126,
    '/bin/script in the image library/odd:1 cannot be executed: its interpreter /opt/no/python3 is not in the image',
    'jcds exec library/odd:1 COMMAND',
  ],
  [
    ['exec', 'library/odd:1', 'foreign'],
    'COMMAND_NOT_EXECUTABLE',
    126,
    '/bin/foreign in the image library/odd:1 cannot be executed: it is made for arm64 and this host runs amd64',
    'ask for an image of this architecture: jcds run --platform linux/amd64 library/odd:1',
  ],
  [
    ['run', 'library/arm:1'],
    'COMMAND_NOT_EXECUTABLE',
    126,
    '/bin/sh in the image library/arm:1 cannot be executed: it is made for arm64 and this host runs amd64',
    'ask for an image of this architecture: jcds run --platform linux/amd64 library/arm:1',
  ],
];

const optionValues: Row[] = [
  [
    ['exec', '-B', `${absent} dir`, 'small:1', 'ls'],
    'BIND_SOURCE',
    125,
    `the directory to bind, "${absent} dir", does not exist`,
    `ls -ld '${absent} dir'`,
  ],
  [
    ['exec', '-B', 'a:b:c:d', 'small:1', 'ls'],
    'INVALID_BIND',
    125,
    '--bind "a:b:c:d": has more than three parts; a name with a colon needs --mount',
    BIND,
  ],
  [
    ['exec', '--mount', 'type=tmpfs,dst=/x', 'small:1', 'ls'],
    'INVALID_BIND',
    125,
    '--mount "type=tmpfs,dst=/x": only type=bind is possible',
    BIND,
  ],
  [
    ['exec', '--env', 'A B=secret', 'small:1', 'ls'],
    'INVALID_VARIABLE',
    125,
    '--env: "A B" is not a name that a shell can hold',
    NAME,
  ],
  [
    ['exec', '--env', 'UID=secret', 'small:1', 'ls'],
    'INVALID_VARIABLE',
    125,
    '--env: UID cannot be set: shells keep this name for themselves',
    NAME,
  ],
  [
    ['exec', '--env', 'HOME=/secret', 'small:1', 'ls'],
    'INVALID_ENVIRONMENT_NAME',
    125,
    '--env cannot set HOME in the container',
    'jcds run --home DIR',
  ],
  [
    ['exec', '--env-file', `${absent} file`, 'small:1', 'ls'],
    'ENV_FILE',
    125,
    `--env-file "${absent} file" cannot be read (ENOENT)`,
    `ls -l '${absent} file'`,
  ],
  [
    ['exec', '--env-file', '../bad.env', 'small:1', 'ls'],
    'INVALID_VARIABLE',
    125,
    '--env-file "../bad.env", line 2: what stands before = is not a name that a shell can hold',
    NAME,
  ],
  [
    ['exec', '--env-file', '../big.env', 'small:1', 'ls'],
    'INVALID_VARIABLE',
    125,
    '--env-file "../big.env", line 2: TOKEN has 140007 bytes; the kernel takes at most 131072 in one variable',
    NAME,
  ],
  [
    ['exec', '--home', absent, 'small:1', 'ls'],
    'USAGE',
    125,
    `--home "${absent}": "${absent}" is not a directory`,
    'jcds run --home DIRECTORY[:PLACE-INSIDE]',
  ],
  [
    ['exec', '--home', '/tmp:place', 'small:1', 'ls'],
    'USAGE',
    125,
    '--home "/tmp:place": the place inside must be an absolute path',
    'jcds run --home DIRECTORY[:PLACE-INSIDE]',
  ],
  [
    ['exec', '--workdir', 'data', 'small:1', 'ls'],
    'USAGE',
    125,
    '--workdir "data" must be an absolute path inside, or `image`',
    'jcds run --workdir /DIRECTORY',
  ],
  [
    ['exec', '--pwd', 'image', 'small:1', 'ls'],
    'USAGE',
    125,
    '--pwd "image" must be an absolute path inside',
    'jcds run --pwd /DIRECTORY',
  ],
  [
    ['exec', '--workdir', 'image', 'small:1', 'ls'],
    'WORKDIR_UNKNOWN',
    125,
    'the image library/small:1 does not say its working directory: apptainer, which unpacked it, keeps no WORKDIR',
    'give it by name: --workdir DIRECTORY',
  ],
  [
    ['exec', '--cvmfs-timeout', 'soon', 'small:1', 'ls'],
    'USAGE',
    125,
    '--cvmfs-timeout "soon" must be a number of seconds above 0 and at most 86400',
    'jcds help configuration',
  ],
  [
    ['exec', '--runtime', 'lxc', 'small:1', 'ls'],
    'UNKNOWN_RUNTIME',
    125,
    'jcds knows no runtime "lxc"',
    `one of ${RUNTIME_NAMES.join(', ')}`,
  ],
  [
    ['exec', '--runtime', 'unshare', '--writable-tmpfs', 'small:1', 'ls'],
    'UNSUPPORTED_BY_RUNTIME',
    125,
    'unshare cannot lay a writable layer over an image',
    'jcds run --runtime apptainer (or singularity)',
  ],
  [
    ['exec', '--gpu', 'intel', 'small:1', 'ls'],
    'USAGE',
    125,
    "option '--gpu <kind>' argument 'intel' is invalid. Allowed choices are auto, nvidia, rocm, none",
    'jcds exec --help',
  ],
  [
    ['exec', '--if-missing', 'later', 'small:2', 'ls'],
    'USAGE',
    125,
    "option '--if-missing <policy>' argument 'later' is invalid. Allowed choices are ask, request, wait, local, fail",
    'jcds exec --help',
  ],
];

const usage: Row[] = [
  [['config', 'set', 'gpu'], 'USAGE', 2, "missing required argument 'value'", 'jcds config set --help'],
  [['help', 'nosuch'], 'USAGE', 2, 'there is no help about "nosuch"', 'jcds help'],
  [['exec'], 'USAGE', 125, "missing required argument 'image'", 'jcds exec --help'],
  [
    ['exec', 'small:1', '--'],
    'USAGE',
    125,
    'exec needs a command after the image',
    'jcds exec IMAGE COMMAND [ARGUMENT…], or jcds run IMAGE for its entrypoint',
  ],
  [
    ['run', '--bnid', 'x', 'small:1'],
    'USAGE',
    125,
    "unknown option '--bnid'; did you mean --bind?",
    'jcds run --help',
  ],
  [
    ['shell', 'small:1', 'ls'],
    'USAGE',
    125,
    "too many arguments for 'shell'. Expected 1 argument but got 2",
    'jcds shell --help',
  ],
  [
    ['exec', '-e', 'A=1', 'small:1', 'ls'],
    'USAGE',
    125,
    "unknown option '-e'",
    'apptainer and podman mean different things by -e; write --env-policy clean, or --env NAME=VALUE',
  ],
  [
    ['run', '-w', '/data', 'small:1'],
    'USAGE',
    125,
    "unknown option '-w'",
    'apptainer and podman mean different things by -w; write --writable-tmpfs, or --workdir DIRECTORY',
  ],
  [['exec', '--x\n\u001b[1m', 'small:1'], 'USAGE', 125, "unknown option '--x ?[1m'", 'jcds exec --help'],
  [['exce', 'small:1', 'ls'], 'USAGE', 2, "unknown command 'exce'; did you mean exec?", 'jcds --help'],
  [
    ['--quick', 'run', 'small:1'],
    'USAGE',
    125,
    "unknown option '--quick'; did you mean --quiet?",
    'jcds run --help',
  ],
  [['resolve', '--tag', 'x'], 'USAGE', 2, "unknown option '--tag'", 'jcds resolve --help'],
];

const tables = [references, publications, commands, optionValues, usage];

describe.each([
  ['references', references],
  ['publications', publications],
  ['commands', commands],
  ['values of options', optionValues],
  ['command lines', usage],
])('%s', (_name, rows) => {
  test.each(rows)('%j: %s', (words, _code, exit, message, hint) => {
    expect(setting.jcds(words)).toEqual({ code: exit, stdout: '', stderr: failure(message, hint) });
  });
});

// What gives a mount differs from host to host: test/cvmfs/no-mount/ways-to-mount.test.ts has the table.
test.each([
  [['--repository', 'nosuch.cern.ch'], 'nosuch.cern.ch', `there is no ${setting.cvmfs}/nosuch.cern.ch`],
  [
    ['--repository', 'empty.cern.ch'],
    'empty.cern.ch',
    `${setting.cvmfs}/empty.cern.ch is empty, and nothing is mounted on it`,
  ],
  [['--cvmfs-root', '/nonexistent'], JINR, 'there is no /nonexistent on this host'],
])('exec %j of what is not mounted says how this host can mount it', (options, repository, why) => {
  const { stderr, ...rest } = setting.jcds(['exec', ...options, 'small:1', 'ls']);
  expect(rest).toEqual({ code: 75, stdout: '' });
  const [message, hint, ...ways] = stderr.trimEnd().split('\n');
  expect(message).toBe(`jcds: the CVMFS repository ${repository} cannot be seen: ${why}`);
  if (ways.length === 0)
    expect(hint).toMatch(/^hint: no way to mount it without help is open on this host: /);
  else {
    expect(hint).toBe('hint: images come by CVMFS, a read-only network file system; this host can mount it:');
    expect(ways.pop()).toBe('or say where it is mounted with --cvmfs-root');
    for (const way of ways)
      expect(way).toMatch(
        /^ {2}(?:(?:as root|without root)[^:]*: .* jcds exec .* …|on the host of this container: docker run -v .*:shared …)$/,
      );
  }
});

const oneOfEach = new Map(tables.flat().map(row => [row[1], row]));

test.each([...oneOfEach.values()])('as JSON: %j: %s', (words, code, exit, message, hint) => {
  const { stderr, ...rest } = setting.jcds([words[0]!, '--json', ...words.slice(1)]);
  expect(rest).toEqual({ code: exit, stdout: '' });
  expect(stderr).toMatch(/^[^\p{Cc}\p{Cf}]*\n$/u);
  expect(JSON.parse(stderr)).toEqual({ error: { code, message, hint } });
});

describe('--json counts where it is jcds’ own', () => {
  const error = (message: string, hint: string) =>
    `${JSON.stringify({ error: { code: 'USAGE', message, hint } })}\n`;
  test.each([
    [
      'exec --json --bad small:1 ls',
      125,
      error("unknown option '--bad'; did you mean --bind?", 'jcds exec --help'),
    ],
    ['exec --bind --json', 125, failure("missing required argument 'image'", 'jcds exec --help')],
    [
      'exec --bad small:1 ls --json',
      125,
      failure("unknown option '--bad'; did you mean --bind?", 'jcds exec --help'),
    ],
    ['nosuch --json', 2, error("unknown command 'nosuch'", 'jcds --help')],
    ['config get --json', 2, error("unknown option '--json'", 'jcds config get --help')],
  ])('%s', (line, code, stderr) => {
    expect(setting.jcds(line.split(' '))).toEqual({ code, stdout: '', stderr });
  });
});
