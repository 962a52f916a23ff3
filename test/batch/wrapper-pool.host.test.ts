import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { people } from '../contract/containers.ts';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { Pool } from '../hosts/pool.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { EventLog, outcomeOf } from './event-log.ts';

// Jobs in a real pool, with the wrapper and without.

const CHECKOUT = resolve(import.meta.dirname, '../..');
const JCDS = join(CHECKOUT, 'bin/jcds');
const PRIVATE = resolve(import.meta.dirname, '../hosts/private.sh');
const DEBIAN = 'Debian GNU/Linux 12 (bookworm)';
let pool: Pool;
let log: EventLog;
let hung: HangableMount;
let dead: HangableMount;
const wrapperFile = () => join(pool.tree, 'opt/jcds/wrapper.sh');
const inPool = (...parts: string[]) => join(pool.folder, ...parts);

beforeAll(async () => {
  const [user] = people();
  pool = await Pool.start(user!);
  log = new EventLog(inPool('log'), () => pool.standing());
  mkdirSync(inPool('marks'));
  writeFileSync(inPool('job.sh'), JOB, { mode: 0o755 });
  writeFileSync(inPool('trap.sh'), TRAP, { mode: 0o755 });
  // A job sees neither this checkout, where that lies in /tmp, nor what the ordinary user may not read.
  for (const name of ['bin', 'dist']) cpSync(join(CHECKOUT, name), inPool('jcds', name), { recursive: true });
  mkdirSync(inPool('bin'));
  symlinkSync(pool.node, inPool('bin/node'));
  await addRepositories();
  writeWrapper();
}, 300_000);

afterAll(async () => {
  log?.close();
  await hung?.close();
  await dead?.close();
  if (pool !== undefined) writeFileSync(wrapperFile(), '#!/bin/sh\nexec "$@"\n');
  await pool?.close();
}, 60_000);

const MOUNT = `folder=$1
shift
mount -t tmpfs -o mode=755 tmpfs /mnt
for name; do
  mkdir "/mnt/$name"
  for place in "/cvmfs/$name" "$folder/$name"; do
    if [ -d "$place" ]; then mount --bind "$place" "/mnt/$name"; fi
  done
done
mount --move /mnt /cvmfs`;

/** /cvmfs as the pool sees it gets repositories that only this test has. */
async function addRepositories(): Promise<void> {
  const version = (text: string) => ({
    files: { ...smallImage({ version: text }), ...singularityRecord({ from: 'tag:1' }) },
  });
  makeOsgRepository(inPool('moving.jinr.ru'), {
    'library/next:1': { ...version('two\n'), hash: 'b'.repeat(64) },
    'library/tag:1': { ...version('one\n'), hash: 'a'.repeat(64) },
  });
  const names = ['containers.jinr.ru', 'unpacked.cern.ch', 'moving.jinr.ru', 'hung.jinr.ru', 'dead.jinr.ru'];
  const { code, stderr } = await pool.asRoot(['sh', '-ec', MOUNT, 'sh', pool.folder, ...names]);
  expect([code, stderr]).toEqual([0, '']);
  hung = await mountHangable(inPool('mounts/hung'), inPool('moving.jinr.ru'), pool.through);
  dead = await mountHangable(inPool('mounts/dead'), inPool('moving.jinr.ru'), pool.through);
  for (const name of ['hung', 'dead'])
    await pool.asRoot(['mount', '--bind', inPool('mounts', name), `/cvmfs/${name}.jinr.ru`]);
  await hung.stop();
  await dead.kill();
}

function writeWrapper(): void {
  const repositories = ['--repository', 'containers.jinr.ru', '--repository', 'moving.jinr.ru'];
  jcds([
    ...['condor', 'wrapper', '--force', '-o', wrapperFile(), ...repositories],
    ...['--cvmfs-timeout', '2', '--attribute', 'SingularityImage'],
  ]);
}

/** The name of the system that the pool runs on. */
function outside(): string {
  return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync(join(pool.tree, 'etc/os-release'), 'utf8'))![1]!;
}

/** Runs jcds where the test repositories are at /cvmfs. */
function jcds(words: readonly string[]): void {
  const { status, stderr } = spawnSync(PRIVATE, [JCDS, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: pool.folder },
  });
  expect([status, stderr]).toEqual([0, '']);
}

/** Says where it is and what it has, byte for byte. */
const JOB = `#!/bin/sh
. /etc/os-release
printf '%s\\n' "$PRETTY_NAME" "image=\${JCDS_IMAGE-none}" "path=\${JCDS_IMAGE_PATH-none}" "PATH=$PATH" "HOME=\${HOME-none}"
printf '%s\\n' "gpu=$CUDA_VISIBLE_DEVICES" "own=\${OWN-none}" "cwd=$PWD" "scratch=$_CONDOR_SCRATCH_DIR" "id=$(id -u)"
for word in "$@"; do printf '[%s]' "$word"; done
printf '\\n'
[ ! -e in.txt ] || { cat in.txt; tr a-z A-Z <in.txt >'out put.txt'; }
tr '\\0' '\\n' <"/proc/$$/environ" | grep '^odd'
sleep "\${NAP-0}"
exit "\${CODE-0}"
`;

/** Waits for a signal; started again, it ends. MARKS NAME TOKEN */
const TRAP = `#!/bin/sh
[ ! -e "$1/$2.started" ] || { echo "$JCDS_IMAGE_PATH" >"$1/$2.again"; exit 0; }
trap 'cat /version >"$1/$2.signal" 2>/dev/null || echo TERM >"$1/$2.signal"; exit 9' TERM
echo "$JCDS_IMAGE_PATH" >"$1/$2.started"
sleep "$3" &
wait
`;

interface Row {
  /** Lines of the submit description. */
  readonly lines: readonly string[];
  /** A code, \`held: CODE\`. */
  readonly outcome: string;
  readonly copies?: number;
  /** What standard output begins with, and holds. */
  readonly says?: readonly string[];
  /** What stands on standard error. */
  readonly complains?: string;
}

const MINE = (name: string) => `My.JCDSImage = "${name}"`;
const program = (file: string, words = '') => [
  `executable = ${file}`,
  'transfer_executable = false',
  `arguments = ${words}`,
];
const environment = (text: string) => `environment = "${text}"`;
const INSIDE = [`${DEBIAN}\nimage=library/debian:12\npath=/cvmfs/containers.jinr.ru/.images/`];
const HELD = 'the image that this job asks for is none';

/** What the page tells users to write, with shorter pauses and one try more; and for another machine. */
const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/htcondor.md'), 'utf8');
const BY_HAND = /\n(on_exit_hold = [^`]*)\n```/
  .exec(PAGE)![1]!
  .replace('60 * ', '1 * ')
  .replace('< 5', '< 2');
const POLICY = BY_HAND.split('\n').slice(0, -1);
const ANOTHER_MACHINE = BY_HAND.split('\n').at(-1)!;

const rowsFor = (path: string, script: string, outside: string): Record<string, Row> => ({
  'an image': {
    lines: [MINE('library/debian:12'), environment('NAP=4')],
    outcome: '0',
    copies: 19,
    says: INSIDE,
  },
  'no image': { lines: [], outcome: '0', says: [`${outside}\nimage=none\npath=none\n`] },
  'no image, a code of its own': { lines: [environment('CODE=3')], outcome: '3' },
  'no image, a variable that no shell holds': {
    lines: ['getenv = odd.*'],
    outcome: '0',
    says: ['image=none', 'odd.name=x  y\n'],
  },
  'an image, a variable that no shell holds, a code': {
    lines: [MINE('library/debian:12'), 'getenv = odd.*', environment('CODE=4')],
    outcome: '4',
    says: [...INSIDE, 'odd.name=x  y\n'],
  },
  'the container universe': {
    lines: [
      'universe = container',
      'container_image = /cvmfs/containers.jinr.ru/library/debian:12',
      'transfer_container = false',
      // 23.9 does not find a program there that it was to send along.
      ...program('/usr/bin/head', '-1 /etc/os-release'),
    ],
    outcome: '0',
    says: [`PRETTY_NAME="${DEBIAN}"\n`],
  },
  'an image by its path': {
    lines: [MINE('/cvmfs/containers.jinr.ru/library/debian:12')],
    outcome: '0',
    says: [`${DEBIAN}\nimage=/cvmfs/containers.jinr.ru/library/debian:12\n`],
  },
  'HTCondor’s attribute': { lines: ['My.SingularityImage = "debian:12"'], outcome: '0', says: INSIDE },
  'arguments, files, variables': {
    lines: [
      MINE('library/debian:12'),
      `arguments = "'a b' 'it''s' ""q"" '' $x ; ж"`,
      environment("OWN='b c  d' JCDS_CVMFS_ROOT=/etc"),
      'transfer_input_files = in.txt',
      'transfer_output_files = out put.txt',
    ],
    outcome: '0',
    says: [...INSIDE, 'gpu=10000\nown=b c  d\n', '[a b][it\'s]["q"][][$x][;][ж]\ninput\n'],
  },
  'an event': { lines: [MINE('library/debian:12'), 'My.WantIOProxy = true'], outcome: '0', says: INSIDE },
  'a program of the image': {
    lines: [MINE('library/debian:12'), ...program('/usr/bin/head', '-1 /etc/os-release')],
    outcome: '0',
    says: [`PRETTY_NAME="${DEBIAN}"\n`],
  },
  'a program that is not there': {
    lines: [MINE('library/debian:12'), ...program('/usr/sbin/condor_master')],
    outcome: '127',
    complains: 'jcds: "/usr/sbin/condor_master" is not in the image library/debian:12',
  },
  'jcds itself, with Node.js on the node': {
    lines: [
      ...program(inPool('jcds/bin/jcds'), 'exec library/debian:12 head -1 /etc/os-release'),
      environment(`PATH=${path}:/usr/bin:/bin`),
    ],
    outcome: '0',
    says: [`PRETTY_NAME="${DEBIAN}"\n`],
  },
  'a script of jcds wrap': {
    lines: [`executable = ${script}`, 'arguments = -1 /etc/os-release'],
    outcome: '0',
    says: [`PRETTY_NAME="${DEBIAN}"\n`],
  },
  unpublished: {
    lines: [...POLICY, MINE('library/nothing:1')],
    outcome: 'held: 125',
    complains: 'jcds: library/nothing:1 is not published in containers.jinr.ru, moving.jinr.ru',
  },
  broken: {
    lines: [...POLICY, MINE('broken/dangling:1')],
    outcome: 'held: 125',
    complains: 'broken/dangling:1',
  },
  'a hostile name': {
    lines: [...POLICY, MINE('$(DOLLAR)(touch /home/canary);`id`')],
    outcome: 'held: 125',
    complains: `jcds: ${HELD}: $(touch /home/canary);\`id\`\n`,
  },
  'a number': {
    lines: [...POLICY, 'My.JCDSImage = 5'],
    outcome: 'held: 125',
    complains: `${HELD}: JCDSImage is no text`,
  },
  'a mount that hangs': {
    lines: [...POLICY, MINE('/cvmfs/hung.jinr.ru/library/tag:1')],
    outcome: 'held: 75',
    complains:
      'jcds: the CVMFS repository hung.jinr.ru cannot be seen: /cvmfs/hung.jinr.ru gave no answer within 2 s',
  },
  'the same, and another machine next time': {
    lines: [...POLICY, ANOTHER_MACHINE, MINE('/cvmfs/hung.jinr.ru/library/tag:1')],
    outcome: 'released',
    complains: 'hung.jinr.ru cannot be seen',
  },
  'a mount that died': {
    lines: [...POLICY, MINE('/cvmfs/dead.jinr.ru/library/tag:1')],
    outcome: 'held: 75',
    complains: 'jcds: the CVMFS repository dead.jinr.ru cannot be seen',
  },
  'a file in the place of an image': {
    lines: [...POLICY, MINE('broken/file:1')],
    outcome: 'held: 125',
    complains: 'broken/file:1',
  },
});
const STARTED_TWICE = ['a mount that hangs', 'a mount that died'];

/** Submits a job as often as it says. Answers \`CLUSTER.PROCESS\` of each, by the directory of its own. */
async function submit(name: string, { lines, copies = 1 }: Pick<Row, 'lines' | 'copies'>): Promise<string[]> {
  const folder = name.replaceAll(/[^a-z]+/gi, '-');
  for (let copy = 0; copy < copies; copy++)
    mkdirSync(inPool('jobs', `${folder}.${copy}`), { recursive: true });
  writeFileSync(inPool('jobs', `${folder}.0`, 'in.txt'), 'input\n');
  const description = [
    `executable = ${inPool('job.sh')}`,
    `initialdir = ${inPool('jobs', folder)}.$(Process)`,
    ...['output = out', 'error = err', `log = ${log.file}`, 'should_transfer_files = yes', 'hold = true'],
    ...lines,
    `queue ${copies}`,
    '',
  ];
  writeFileSync(inPool(`${folder}.sub`), description.join('\n'));
  spawnSync('chown', ['-R', '--reference', pool.folder, pool.folder]);
  const { code, stdout, stderr } = await pool.run(['condor_submit', '-terse', `${folder}.sub`], {
    'odd.name': 'x  y',
  });
  expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
  const cluster = /^(\d+)\./.exec(stdout)![1]!;
  return Array.from({ length: copies }, (_, copy) => `${cluster}.${copy}`);
}

const said = (name: string, copy: number, file: string) =>
  readFileSync(inPool('jobs', `${name.replaceAll(/[^a-z]+/gi, '-')}.${copy}`, file), 'utf8');

test('forty jobs at once, of every kind: each comes to what it should', { timeout: 120_000 }, async () => {
  const script = inPool('head');
  jcds(['wrap', '-o', script, 'library/debian:12', 'head']);
  const ROWS = rowsFor(inPool('bin'), script, outside());
  const jobs: [name: string, copy: number, job: string][] = [];
  for (const [name, row] of Object.entries(ROWS))
    for (const [copy, job] of (await submit(name, row)).entries()) jobs.push([name, copy, job]);
  await pool.run(['condor_release', '-all']);
  const starts = (job: string) => log.events().filter(event => event.code === 1 && event.job === job).length;
  const wanted = (name: string) => (STARTED_TWICE.includes(name) ? 2 : 1);
  await log.until(
    events =>
      jobs.every(([name, , job]) => outcomeOf(events, job) !== null && starts(job) === wanted(name)) &&
      events.length > 0,
    90,
  );
  const events = log.events();
  const rows = Object.entries(ROWS).map(([name, { outcome, copies = 1 }]) => {
    const own = jobs.filter(([of]) => of === name).map(([, , job]) => outcomeOf(events, job));
    return { name, jobs: copies, expected: outcome, came: [...new Set(own)].join(', ') };
  });
  console.table(rows);
  expect(jobs.length).toBe(40);
  for (const { name, expected, came } of rows) expect({ name, came }).toEqual({ name, came: expected });
  for (const [name, copy] of jobs) {
    const { says = [], complains } = ROWS[name]!;
    const [out, err] = [said(name, copy, 'out'), said(name, copy, 'err')];
    for (const text of says) expect(out, name).toContain(text);
    if (complains === undefined) expect(err, name).toBe('');
    else expect(err, name).toContain(complains);
  }
  const event = events.find(({ code }) => code === 8);
  expect(event?.text).toContain('jcds: library/debian:12 is /cvmfs/containers.jinr.ru/.images/');
  expect(said('arguments, files, variables', 0, 'out put.txt')).toBe('INPUT\n');
  expect(existsSync('/home/canary')).toBe(false);
  const hanging = jobs.find(([name]) => name === 'a mount that hangs')![2];
  const told = JSON.parse(said('a mount that hangs', 0, `.jcds-status.${hanging}.json`));
  expect(told).toMatchObject({ outcome: 'failed', exitCode: 75, error: { code: 'CVMFS_UNREACHABLE' } });
  await pool.run(['condor_rm', '-all']);
});

/** Processes whose arguments hold this. */
function processesOf(token: string): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(token);
    } catch {
      return false;
    }
  });
}

/** Waits until the job has left this mark. */
async function mark(name: string, kind: 'started' | 'again'): Promise<string> {
  const file = inPool('marks', `${name}.${kind}`);
  const signal = AbortSignal.timeout(60_000);
  const watcher = watch(inPool('marks'));
  try {
    while (!existsSync(file) || readFileSync(file, 'utf8') === '') await once(watcher, 'change', { signal });
  } finally {
    watcher.close();
  }
  return readFileSync(file, 'utf8').trim();
}

const SIGNALS: Record<
  string,
  { command: readonly string[]; outcome: string; signal: boolean; again: boolean }
> = {
  removed: { command: ['condor_rm'], outcome: 'removed', signal: true, again: false },
  held: { command: ['condor_hold'], outcome: 'held by 1', signal: true, again: false },
  vacated: { command: ['condor_vacate_job'], outcome: '0', signal: true, again: true },
  killed: { command: ['condor_vacate_job', '-fast'], outcome: '0', signal: false, again: true },
};

test('a job sees the signals that are meant for it, keeps its image, and leaves nothing behind', {
  timeout: 90_000,
}, async () => {
  const token = `97531${process.pid}`;
  const waiting = (name: string, image: string) =>
    submit(name, {
      lines: [
        `executable = ${inPool('trap.sh')}`,
        `arguments = ${inPool('marks')} ${name} ${token}`,
        MINE(image),
        // 23.9 gives a job none.
        environment(`HOME=${dirname(pool.folder)}`),
        'hold = false',
      ],
    });
  const jobs: Record<string, string> = {};
  for (const name of Object.keys(SIGNALS)) [jobs[name] = ''] = await waiting(name, 'library/debian:12');
  const [moving = ''] = await waiting('moving', 'library/tag:1');
  const first = await mark('moving', 'started');
  expect(first).toMatch(/moving\.jinr\.ru\/\.images\/aa\/a+$/);
  for (const name of Object.keys(SIGNALS)) await mark(name, 'started');
  expect(processesOf(token).length).toBeGreaterThan(5);

  // The tag moves, and the running job does not.
  const tag = inPool('moving.jinr.ru/library/tag:1');
  rmSync(tag);
  symlinkSync(`/cvmfs/moving.jinr.ru/.images/bb/${'b'.repeat(62)}`, tag);
  for (const [name, { command }] of Object.entries(SIGNALS)) await pool.run([...command, jobs[name]!]);
  await log.until(events =>
    Object.entries(SIGNALS).every(([name, { outcome }]) => outcomeOf(events, jobs[name]!) === outcome),
  );
  for (const [name, { signal, again }] of Object.entries(SIGNALS)) {
    const [seen, twice] = ['signal', 'again'].map(kind => existsSync(inPool('marks', `${name}.${kind}`)));
    expect({ name, seen, twice }).toEqual({ name, seen: signal, twice: again });
  }
  expect(await pool.until(['condor_q', moving, '-af', 'JobStatus'], '2')).toBe('2');
  await pool.run(['condor_vacate_job', moving]);
  expect(await mark('moving', 'again')).toMatch(/moving\.jinr\.ru\/\.images\/bb\/b+$/);
  await log.until(events => outcomeOf(events, moving) === '0');
  expect(readFileSync(inPool('marks/moving.signal'), 'utf8')).toBe('one\n');
  expect(processesOf(token)).toEqual([]);
  await pool.run(['condor_rm', '-all']);
});

test('condor_ssh_to_job lands beside the image, in the scratch directory', { timeout: 90_000 }, async () => {
  const [job = ''] = await submit('ssh', {
    lines: [MINE('library/debian:12'), ...program('/bin/sleep', '300'), 'hold = false'],
  });
  await log.until(events => events.some(event => event.code === 1 && event.job === job));
  // A job can be reached only once its starter has told where it is.
  const look = 'grep PRETTY_NAME= /etc/os-release; cat .jcds-status.*.json';
  const words = ['timeout', '60', 'condor_ssh_to_job', '-auto-retry', job, look];
  const { code, stdout } = await pool.run(words);
  expect([code, stdout.split('\n')[0]]).toEqual([0, `PRETTY_NAME="${outside()}"`]);
  expect(JSON.parse(stdout.split('\n')[1]!)).toMatchObject({
    outcome: 'started',
    image: 'library/debian:12',
  });
  await pool.run(['condor_rm', '-all']);
});

test('without any wrapper: HTCondor starts the image that an attribute names', {
  timeout: 60_000,
}, async () => {
  writeFileSync(
    join(pool.tree, pool.configuration),
    `USER_JOB_WRAPPER =\n${/^SINGULARITY_JOB = .*\nSINGULARITY_IMAGE_EXPR = .*\n/m.exec(PAGE)![0]}`,
  );
  const rows: Record<string, Row> = {
    'singularity job': {
      lines: [MINE('library/debian:12'), environment("OWN='b  c' CODE=5")],
      outcome: '5',
      says: [`${DEBIAN}\nimage=none\n`, 'own=b  c\n', 'input\n'],
    },
    'no singularity job': { lines: [], outcome: '0', says: [`${outside()}\nimage=none\n`] },
  };
  const jobs: Record<string, string> = {};
  for (const [name, row] of Object.entries(rows))
    [jobs[name] = ''] = await submit(name, {
      lines: ['transfer_input_files = in.txt', 'hold = false', ...row.lines],
    });
  await log.until(events => Object.values(jobs).every(job => outcomeOf(events, job) !== null));
  for (const [name, { outcome, says = [] }] of Object.entries(rows)) {
    expect({ name, came: outcomeOf(log.events(), jobs[name]!) }).toEqual({ name, came: outcome });
    for (const text of says) expect(said(name, 0, 'out')).toContain(text);
    expect(said(name, 0, 'err')).toBe('');
  }
  const { HOME, scratch } = Object.fromEntries(
    said('singularity job', 0, 'out')
      .split('\n')
      .map(line => line.split('=')),
  );
  expect(HOME).toBe(scratch);
});
