import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BMN, TOKEN } from '../requests/setup.ts';
import { Program, page, printed, World } from './request-setting.ts';

const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
});
afterEach(() => world.remove());
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const image = (tag: string) => `git.jinr.ru:5005/nica/docker-images/bmn:${tag}`;
const objects = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>);

test('mine, and where each stands', async () => {
  const tags = ['1', '2', '3', '4', '5'];
  for (const tag of tags) world.has('nica/docker-images/bmn', tag);
  await world.jcds(['request', ...tags.map(image)]);
  const [merged, visible, closed, failed] = world.forge.requests;
  merged!.state = 'merged';
  world.publish('nica/docker-images/bmn:2', image('2'));
  visible!.state = 'merged';
  closed!.state = 'closed';
  failed!.pipelines = [{ id: 9, status: 'failed' }];
  const { code, stdout, stderr } = await world.jcds(['requests', '--all', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const stands = objects(stdout).map(({ entry, stage, detail }) => [entry, stage, detail]);
  expect(stands).toEqual([
    [image('5'), 'open', null],
    [image('4'), 'failed', expect.stringMatching(/registry\/-\/pipelines\/9$/)],
    [image('3'), 'closed', null],
    [image('2'), 'visible', join(world.cvmfs, 'containers.jinr.ru/nica/docker-images/bmn:2')],
    [image('1'), 'merged', expect.stringContaining('the revision of this client is not known')],
  ]);
  const shown = await world.jcds(['requests']);
  expect(shown.stdout).toContain(`${image('3')}`);
  expect(shown.stdout).not.toContain(image('2'));
  expect(shown.stdout).toContain('open: waiting for the operators');
  expect(shown.stdout).toContain(page(world, 1));
});

test('nothing of mine', async () => {
  expect(await world.jcds(['requests'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'jcds: you have no requests\n',
  });
  expect(await world.jcds(['requests', '--json'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('two requests for one image, by two people at the same moment', async () => {
  await world.jcds(['request', BMN]);
  const [request] = world.forge.requests;
  const baikal = world.forge.addUser('other-token', 'baikal');
  world.forge.requests.push({ ...request!, id: 900, iid: 2, author: baikal, title: `Add ${BMN}` });
  expect(objects((await world.jcds(['requests', '--json'])).stdout)).toMatchObject([
    { number: 1, twins: [{ number: 2, author: 'baikal', url: page(world, 2) }] },
  ]);
  expect((await world.jcds(['requests'])).stdout).toContain(`also asked for by baikal: ${page(world, 2)}`);
});

test('a hostile title stays on its line', async () => {
  await world.jcds(['request', BMN]);
  world.forge.requests[0]!.title = '\u001b[2J\u202eAdd\nx: published: /';
  const { stdout } = await world.jcds(['requests']);
  expect(stdout).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
});

test('without a token: why, and how to give one', async () => {
  const { code, stderr } = await world.jcds(['requests'], { [world.tokenVariable]: undefined });
  expect({ code, said: stderr.includes('there is no token for 127.0.0.1') }).toEqual({ code: 1, said: true });
});

describe('jcds auth status', () => {
  const host = () => world.forge.host;
  test('the token of the environment', async () => {
    world.forge.users.get(TOKEN)!.expires = '2027-03-01';
    expect(await world.jcds(['auth', 'status'])).toEqual({
      code: 0,
      stdout: `${host()}: the token of ${world.tokenVariable}, of nica, scopes: api, expires 2027-03-01\n`,
      stderr: '',
    });
    expect(objects((await world.jcds(['auth', 'status', '--json'])).stdout)).toEqual([
      {
        ...{ schemaVersion: 2, host: host(), kind: 'gitlab', source: 'variable', where: world.tokenVariable },
        ...{ user: 'nica', scopes: ['api'], expires: '2027-03-01', error: null },
      },
    ]);
  });
  test('the token file goes before it; an unsafe one stops everything', async () => {
    const file = join(world.home, '.config/jcds/tokens');
    mkdirSync(join(file, '..'), { recursive: true });
    world.forge.addUser('glpat-file', 'filed');
    writeFileSync(file, `${host()} glpat-file\n`, { mode: 0o600 });
    expect((await world.jcds(['auth', 'status', host()])).stdout).toContain(`the token of ${file}, of filed`);
    writeFileSync(file, '', { mode: 0o644 });
    chmodSync(file, 0o644);
    expect(await world.jcds(['auth', 'status'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('may be used by others (mode 0644)'),
    });
  });
  test.each<[facts: object, code: string]>([
    [{ expires: '2020-01-01' }, 'TOKEN_EXPIRED'],
    [{ scopes: ['read_api'] }, 'TOKEN_SCOPE'],
  ])('%j: %s', async (facts, code) => {
    Object.assign(world.forge.users.get(TOKEN)!, facts);
    const ended = await world.jcds(['auth', 'status', '--json']);
    expect(ended.code).toBe(1);
    expect(objects(ended.stdout)).toMatchObject([{ source: 'variable', error: { code } }]);
  });
  test('a token that the server does not know', async () => {
    expect(await world.jcds(['auth', 'status'], { [world.tokenVariable]: 'glpat-unknown' })).toMatchObject({
      code: 1,
      stdout: `${host()}: the token of ${world.tokenVariable}\n`,
      stderr: expect.stringContaining('does not accept the token'),
    });
  });
  test('none, for a host that nobody configured', async () => {
    const { code, stdout, stderr } = await world.jcds(['auth', 'status', 'gitlab.example.org:8443']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      'jcds: there is no token for gitlab.example.org:8443\nhint: make one at https://gitlab.example.org:8443/',
    );
    expect(stderr).toContain('JCDS_TOKEN_GITLAB_EXAMPLE_ORG__3A8443');
  });
  test('without the network only its place is told', async () => {
    world.configure({ network: false });
    expect(await world.jcds(['auth', 'status'])).toEqual({
      code: 0,
      stdout: `${host()}: the token of ${world.tokenVariable}\n`,
      stderr: '',
    });
    expect(world.forge.log).toEqual([]);
  });
  test('a server that is away: 75', async () => {
    world.forge.interfere = () => ({
      status: 429,
      headers: { 'retry-after': '3000' },
      text: 'slow',
      isWrong: true,
    });
    expect((await world.jcds(['auth', 'status'])).code).toBe(75);
  });
});
