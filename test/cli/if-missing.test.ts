import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notePrinted } from '../printed.ts';
import { BMN, LIST, TOKEN } from '../requests/setup.ts';
import { APPTAINER, Program, page, printed, World } from './request-setting.ts';

const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
  world.install('apptainer', APPTAINER);
});
afterEach(() => world.remove());
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const statusFile = () => join(world.home, 'status.json');
const status = () => {
  const text = readFileSync(statusFile(), 'utf8');
  notePrinted(text);
  return JSON.parse(text) as Record<string, unknown>;
};
const NOT_PUBLISHED = `is not published in containers.jinr.ru`;
const WAITING = `${BMN} was asked for in containers.jinr.ru and is not there yet: its request waits for the operators of the service`;

describe('away from a terminal', () => {
  test('the default is to fail with the command that asks; nobody is asked anything', async () => {
    const { code, stdout, stderr } = await world.jcds(['exec', BMN, 'true']);
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain(NOT_PUBLISHED);
    expect(stderr).toContain(`ask for it with: jcds request ${BMN}\n`);
    expect(world.forge.log).toEqual([]);
  });
  test('`ask` finds nobody, and fails', async () => {
    const { code, stderr } = await world.jcds(['exec', '--if-missing', 'ask', BMN, 'true']);
    expect(code).toBe(125);
    expect(stderr).toContain(NOT_PUBLISHED);
    expect(world.forge.log).toEqual([]);
  });
});

test('`request` asks and ends with 75; the status file says what to wait for', async () => {
  const words = ['exec', '--if-missing', 'request', '--status-file', statusFile(), BMN, 'true'];
  const first = await world.jcds(words);
  expect(first).toMatchObject({ code: 75, stdout: '' });
  expect(first.stderr).toMatch(`jcds: ${WAITING} (${page(world, 1)})\nhint: try again later`);
  expect(status()).toMatchObject({
    ...{ outcome: 'failed', exitCode: 75, error: { code: 'NOT_YET_PUBLISHED' } },
    waitingFor: { image: BMN, repository: 'containers.jinr.ru', url: page(world, 1) },
  });
  // The next job finds the request of the first.
  expect(await world.jcds(words)).toMatchObject({ code: 75 });
  expect(world.forge.requests).toHaveLength(1);
  world.publish('nica/docker-images/bmn:24.12', BMN);
  expect(await world.jcds(words)).toMatchObject({ code: 0, stderr: '' });
  expect(status()).toMatchObject({ outcome: 'starting', waitingFor: null });
});

test('the policy may come from the configuration; ten jobs at once make one request', async () => {
  world.configure({ ifMissing: 'request' });
  const ended = await Promise.all(Array.from({ length: 10 }, () => world.jcds(['run', BMN])));
  expect(ended.map(({ code }) => code)).toEqual(Array.from({ length: 10 }, () => 75));
  expect(world.forge.requests).toHaveLength(1);
});

test('`wait` runs the image when it is there', async () => {
  const waiting = world.start(['exec', '--if-missing', 'wait', BMN, 'echo', 'a b']);
  await waiting.said('waiting for the operators to merge');
  world.forge.merge(world.forge.requests[0]!);
  world.publish('nica/docker-images/bmn:24.12', BMN);
  const { code, stdout } = await waiting.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/<echo>\n<a b>\n$/);
});

test('`wait` gives up in time: 75', async () => {
  world.configure({ waitTimeout: 0.2 });
  expect(await world.jcds(['exec', '--if-missing', 'wait', BMN, 'true'])).toMatchObject({
    code: 75,
    stdout: '',
  });
});

describe('nothing is asked for', () => {
  test('by a dry run', async () => {
    expect(await world.jcds(['exec', '-n', '--if-missing', 'request', BMN, 'true'])).toMatchObject({
      code: 125,
    });
  });
  test('where the network is forbidden', async () => {
    world.configure({ network: false });
    const { code, stderr } = await world.jcds(['exec', '--if-missing', 'request', BMN, 'true']);
    expect({ code, said: stderr.includes('the configuration forbids it') }).toEqual({
      code: 125,
      said: true,
    });
  });
  test('by a path instead of a name', async () => {
    const path = join(world.cvmfs, 'containers.jinr.ru/nica/x:1');
    expect(await world.jcds(['exec', '--if-missing', 'request', path, 'true'])).toMatchObject({ code: 125 });
  });
  test('that the registry does not have', async () => {
    const typo = BMN.replace('24.12', '24.21');
    const { code, stderr } = await world.jcds(['exec', '--if-missing', 'request', typo, 'true']);
    expect({ code, said: stderr.startsWith(`jcds: git.jinr.ru:5005 does not have ${typo}\n`) }).toEqual({
      code: 125,
      said: true,
    });
  });
  afterEach(() => expect(world.forge.log).toEqual([]));
});

test('without a token `request` fails, and says how to give one', async () => {
  const { code, stderr } = await world.jcds(['exec', '--if-missing', 'request', BMN, 'true'], {
    [world.tokenVariable]: undefined,
    CI_JOB_TOKEN: 'glcbt-1234567',
  });
  expect(code).toBe(125);
  expect(stderr).toContain('there is no token for 127.0.0.1');
  expect(stderr).toContain('CI_JOB_TOKEN is there, but GitLab lets it open no merge requests');
  expect(stderr).not.toContain('glcbt-1234567');
});

test('what is listed already is waited for without a request', async () => {
  world.forge.push(world.upstream, { 'docker_images.txt': `${LIST}${BMN}\n` });
  const { code, stderr } = await world.jcds(['exec', '--if-missing', 'request', BMN, 'true']);
  expect({ code, said: stderr.includes('it is in the list, and waits for its conversion') }).toEqual({
    code: 75,
    said: true,
  });
  expect(world.forge.requests).toEqual([]);
});
