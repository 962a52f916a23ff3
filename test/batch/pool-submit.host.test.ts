import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { people } from '../hosts/people.ts';
import { Pool } from '../hosts/pool.ts';
import { makeCernRepository } from '../hosts/tree.ts';
import { machine, outcome, shellJob, submitByHand } from './pool-outcome.ts';

// What `jcds condor submit` refuses, and what it does where one of two repositories is not mounted: with the real condor_submit.

const HERE = 'unpacked.cern.ch';
const AWAY = 'containers.jinr.ru';
const IMAGE = 'git.jinr.ru:5005/nica/small:1';
const GONE = 'git.jinr.ru:5005/nica/gone:1';
const setting = new Setting();
let pool: Pool;
let cvmfs: string;
const inPool = (...parts: string[]) => join(pool.folder, ...parts);
const said = (file: string) => readFileSync(inPool(file), 'utf8');
const place = (name: string) => join(cvmfs, HERE, name);

beforeAll(async () => {
  pool = await Pool.start(people()[0]!);
  cvmfs = inPool('cvmfs');
  makeCernRepository(
    join(cvmfs, HERE),
    Object.fromEntries(
      [IMAGE, GONE].map(name => [
        name,
        { files: smallImage({ ...singularityRecord({ from: name }), proof: 'here\n' }) },
      ]),
    ),
  );
  const { code } = setting.jcds([
    ...['condor', 'install', '--root', pool.tree, '--prefix', '/opt/jcds/libexec'],
    ...['--config', pool.configuration, '--cvmfs-root', cvmfs, '--cvmfs-timeout', '2'],
    ...['--repository', AWAY, '--repository', HERE],
  ]);
  expect(code).toBe(0);
  await pool.asRoot(['condor_reconfig']);
  const told = machine('JCDSWrapper', 'JCDSRepositories', 'JCDSUnusable');
  expect(await pool.until(told, `true ${HERE} ${AWAY}`, 90)).toBe(`true ${HERE} ${AWAY}`);
}, 300_000);

afterAll(async () => {
  await pool?.close();
  setting.remove();
}, 60_000);

const SEES = ['--repository', HERE];
const submit = (words: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  pool.run([setting.program, 'condor', 'submit', ...words], {
    ...{ PATH: '/usr/bin:/bin', JCDS_NODE: pool.node, JCDS_NETWORK: 'false', JCDS_CVMFS_ROOT: cvmfs },
    ...more,
  });

/** Writes a description; answers its file. */
function described(name: string, ...lines: string[]): string {
  writeFileSync(inPool(`${name}.sub`), shellJob(name, 'read x </proof; echo $(DOLLAR)x', ...lines));
  return `${name}.sub`;
}

/** Submits, and waits for what comes of it. */
async function came(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await submit(words);
  return code === 0 ? outcome(pool, /cluster (\d+)/.exec(stdout)![1]!) : `${code}: ${stderr.split('\n')[0]}`;
}

const TWO: Record<string, { lines: readonly string[]; says: string }> = {
  container_image: { lines: ['container_image = /other/image'], says: 'ContainerImage = "/other/image"' },
  'the container universe': {
    lines: ['universe = container', 'container_image = /other/image'],
    says: 'ContainerImage = "/other/image"',
  },
  docker_image: {
    lines: ['universe = docker', 'docker_image = debian:12'],
    says: 'DockerImage = "debian:12"',
  },
  'an attribute': { lines: ['My.SingularityImage = "/other"'], says: 'SingularityImage = "/other"' },
};
/** The way, and the lines. */
const UNIVERSES: Record<string, readonly string[]> = {
  local: ['wrapper', 'universe = local'],
  scheduler: ['container', 'universe = scheduler'],
  parallel: ['container', 'universe = parallel', 'machine_count = 2'],
};

test.concurrent.each(Object.entries(TWO))(
  'refused: %s and another image on the command line',
  async (name, row) => {
    const file = described(`two-${name.replaceAll(' ', '-')}`, ...row.lines);
    const { code, stdout, stderr } = await submit([...SEES, '--via', 'wrapper', IMAGE, file]);
    expect({ code, stdout, first: stderr.split('\n')[0] }).toEqual({
      ...{ code: 2, stdout: '' },
      first: `jcds: the description's jobs name an image already, ${row.says}, and the command line names ${IMAGE}`,
    });
  },
);

test.concurrent.each(Object.entries(UNIVERSES))('refused: the %s universe', async (name, [way, ...lines]) => {
  const file = described(`${name}-${way}`, ...lines);
  const { code, stdout, stderr } = await submit([...SEES, '--via', way!, IMAGE, file]);
  expect({ code, stdout, first: stderr.split('\n')[0] }).toEqual({
    ...{ code: 2, stdout: '' },
    first: `jcds: jobs of the ${name} universe cannot be put into an image by HTCondor`,
  });
});

test.concurrent.each(['wrapper', 'container'])(
  'via the %s: what `environment` names reaches the job as written',
  async way => {
    const names = ['PYTHONPATH', 'PERL5LIB', 'LD_LIBRARY_PATH', 'PATH'];
    const script = names.map(name => `echo $(DOLLAR)${name}`).join('; ');
    const written = `environment = "PYTHONPATH=/my/py PERL5LIB=/my/perl LD_LIBRARY_PATH=/my/lib PATH=/my:/bin"`;
    writeFileSync(inPool(`written-${way}.sub`), shellJob(`written-${way}`, script, written));
    expect(await came([...SEES, '--via', way, IMAGE, `written-${way}.sub`])).toBe('0');
    expect(said(`written-${way}.out`)).toBe('/my/py\n/my/perl\n/my/lib:/.singularity.d/libs\n/my:/bin\n');
  },
  120_000,
);

const DIFFERS: Record<string, { home: RegExp; token: string; end: string }> = {
  wrapper: { home: /^\/home\/\w+$/, token: '', end: 'true 15' },
  container: { home: /\/execute\/dir_\d+\/scratch$/, token: 'x', end: 'false 143' },
};
test.concurrent.each(Object.entries(DIFFERS))(
  'what the page’s table says of the %s',
  async (way, row) => {
    const script = 'echo $(DOLLAR)HOME; echo $(DOLLAR)GITLAB_TOKEN; kill -15 $$(DOLLARDOLLAR)';
    const name = `differs-${way}`;
    writeFileSync(inPool(`${name}.sub`), shellJob(name, script, 'environment = "GITLAB_TOKEN=x"'));
    const { stdout } = await submit([...SEES, '--via', way, IMAGE, `${name}.sub`]);
    const id = /cluster (\d+)/.exec(stdout)![1]!;
    await outcome(pool, id);
    const ended = await pool.run(['condor_history', id, '-af', 'ExitBySignal', 'ExitSignal ?: ExitCode']);
    const [home = '', token] = said(`${name}.out`).split('\n');
    expect({ home: row.home.test(home), token, end: ended.stdout.trim() }, home).toEqual({
      ...row,
      home: true,
    });
    expect(said(`${name}.err`).includes('GITLAB_TOKEN')).toBe(way === 'wrapper');
  },
  120_000,
);

test.concurrent('a pool that cannot be asked is "later", unless --via decides', {
  timeout: 120_000,
}, async () => {
  const nobody = { _CONDOR_COLLECTOR_HOST: '127.0.0.1:9' };
  const words = [...SEES, IMAGE, described('unasked')];
  const { code, stdout, stderr } = await submit(words, nobody);
  expect({ code, stdout }).toEqual({ code: 75, stdout: '' });
  expect(stderr).toContain('jcds: the pool could not be asked what its machines have: ');
  const decided = await submit(['--via', 'wrapper', ...words], nobody);
  expect({ code: decided.code, stderr: decided.stderr.split('\n')[0] }).toEqual({
    code: 0,
    stderr: "jcds: by jcds' job wrapper: My.JCDSImage",
  });
  expect(await outcome(pool, /cluster (\d+)/.exec(decided.stdout)![1]!)).toBe('0');
  expect(said('unasked.out')).toBe('here\n');
});

describe.concurrent('where one of the repositories is not mounted', () => {
  test('an image of the other one runs, whoever names its path', { timeout: 120_000 }, async () => {
    expect(await came([place(IMAGE), described('by-submit')])).toBe('0');
    const job = shellJob('by-path', 'read x </proof; echo $(DOLLAR)x', `My.JCDSImage = "${place(IMAGE)}"`);
    expect(await outcome(pool, await submitByHand(pool, 'by-path', job))).toBe('0');
    for (const name of ['by-submit', 'by-path']) expect(said(`${name}.out`)).toBe('here\n');
  });

  test('by name it could be in the one that cannot be seen: 75, told with its name, and never idle without a word', {
    timeout: 120_000,
  }, async () => {
    const job = shellJob('by-name', 'true', `My.JCDSImage = "${IMAGE}"`);
    expect(await outcome(pool, await submitByHand(pool, 'by-name', job))).toMatch(
      new RegExp(`^held 3 75 the CVMFS repository ${AWAY} cannot be seen: `),
    );
    const { code, stderr } = await submit([IMAGE, described('unseen')]);
    expect({ code, said: stderr.includes(`the CVMFS repository ${AWAY} cannot be seen`) }).toEqual({
      code: 75,
      said: true,
    });
    expect(await came([...SEES, IMAGE, described('one-name')])).toBe('0');
    expect(said('one-name.out')).toBe('here\n');
  });
});

test('an image that goes between submission and start holds its jobs for a person', {
  timeout: 120_000,
}, async () => {
  const words = [...SEES, '--via', 'wrapper', '-a', 'hold = true', GONE, described('removed')];
  const { code, stdout } = await submit(words);
  expect(code).toBe(0);
  const id = /cluster (\d+)/.exec(stdout)![1]!;
  rmSync(place(GONE));
  await pool.run(['condor_release', id]);
  expect(await outcome(pool, id)).toMatch(/^held 3 125 .*\/gone:1 is not published/);
});
