import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeCernRepository } from '../hosts/tree.ts';
import { FakeGitHub } from '../requests/fake-github.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { APPTAINER, Program, printed, World } from './request-setting.ts';

// The whole program against the fake GitHub, with CERN's recipe as the list.
const CERN = 'unpacked.cern.ch';
const PROJECT = 'cvmfs/images-unpacked.cern.ch';
const RECIPE = `version: 1
user: cvmfsunpacker
cvmfs_repo: 'unpacked.cern.ch'
output_format: 'https://gitlab-registry.cern.ch/unpacked/sync/$(image)'
input:
    # official ones
    - 'https://registry.hub.docker.com/library/centos:centos7'   # kept for ever
    - 'https://git.jinr.ru:5005/nica/docker-images/bmn:24.04'
`;

const program = new Program();
let world: World;
let github: FakeGitHub;
let upstream: ReturnType<FakeGitHub['addRepository']>;
let variable = '';

beforeEach(async () => {
  world = await World.make(program);
  github = new FakeGitHub();
  await github.listen();
  github.listPath = 'recipe.yaml';
  github.users.set(TOKEN, { login: 'nica', scopes: ['public_repo'] });
  github.users.set('github_pat_other_0123456789', { login: 'baikal', scopes: null });
  upstream = github.addRepository(PROJECT, { 'recipe.yaml': RECIPE });
  world.configure({
    repositories: [CERN],
    services: { [CERN]: { servers: [], wishlist: { host: github.origin } } },
  });
  mkdirSync(join(world.cvmfs, CERN, '.flat'), { recursive: true });
  variable = `JCDS_TOKEN_127_0_0_1__3A${github.host.split(':')[1]}`;
});
afterEach(async () => {
  await world.remove();
  await github.close();
});
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const environment = (token: string | undefined = TOKEN) => ({
  [variable]: token,
  [world.tokenVariable]: undefined,
});
const jcds = (...words: string[]) => world.jcds(words, environment());
const page = (number: number) => `${github.origin}/${PROJECT}/pull/${number}`;
const LINE = `    - 'https://${BMN}'\n`;
const changes = (index: number) => github.changes(github.pulls[index]!, 'recipe.yaml');
const posts = () => github.log.filter(({ method }) => method !== 'GET').map(({ path }) => path);

/** What CERN's service does some time after the merge. */
function publish(): string {
  const files = smallImage(singularityRecord({ from: BMN }));
  makeCernRepository(join(world.cvmfs, CERN), { [BMN]: { files } });
  return join(world.cvmfs, CERN, BMN);
}

/** A maintainer merges. */
function merge(index: number): void {
  const pull = github.pulls[index]!;
  const files = github.commits.get(pull.source.branches.get(pull.branch)!).files;
  github.push(upstream, { 'recipe.yaml': files.get('recipe.yaml')!.toString() });
  pull.state = 'merged';
}

test('a recipe made to hold jcds up is refused with its line', async () => {
  const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1\n`).join('');
  github.push(upstream, { 'recipe.yaml': `${keys}${RECIPE}` });
  expect(await jcds('request', BMN)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('in the format "cern": line 101 has a key or an alias too many'),
  });
  github.push(upstream, { 'recipe.yaml': RECIPE.replace('input:', `input: ${'[\n '.repeat(100_000)}`) });
  expect(await jcds('request', BMN)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('line 35 is too long or nested too deep'),
  });
});

test('asking opens the pull request with one line of the recipe; asking again reports it', async () => {
  expect(await jcds('request', BMN)).toEqual({
    code: 0,
    stdout: `${BMN}: pull request #1 opened: ${page(1)}\n`,
    stderr: '',
  });
  expect(changes(0)).toEqual({ removed: [], added: [LINE] });
  const asked = posts().length;
  expect(await jcds('request', BMN)).toEqual({
    code: 0,
    stdout: `${BMN}: asked for already by you: pull request #1 ${page(1)}\n`,
    stderr: '',
  });
  expect((await world.jcds(['request', BMN], environment('github_pat_other_0123456789'))).stdout).toBe(
    `${BMN}: asked for already by nica: pull request #1 ${page(1)}\n`,
  );
  expect([posts().length, github.pulls.length]).toEqual([asked, 1]);
});

test('--wait goes through a failed check, merge and conversion to an image that runs', async () => {
  world.install('apptainer', APPTAINER);
  const waiting = world.start(['request', '--wait', BMN], environment());
  await waiting.said('waiting for the operators to merge');
  github.pulls[0]!.checks = [{ status: 'completed', conclusion: 'failure' }];
  await waiting.said('its check failed');
  github.pulls[0]!.checks = [];
  merge(0);
  await waiting.said('waiting for its conversion');
  const path = publish();
  const { code, stdout } = await waiting.ended;
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${BMN}: pull request #1 opened: ${page(1)}\n${BMN}: published: ${path}\n`,
  });
  expect(await jcds('exec', BMN, 'true')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/<true>\n$/),
  });
});

test('--wait rebuilds a pull request that has come into conflict', async () => {
  const waiting = world.start(['request', '--wait', BMN], environment());
  await waiting.said('waiting for the operators');
  github.push(upstream, { 'recipe.yaml': `${RECIPE}    - 'https://quay.io/a/b:1'\n` });
  await waiting.said('made anew on the list as it is now');
  expect(changes(0)).toEqual({ removed: [], added: [LINE] });
  merge(0);
  publish();
  expect((await waiting.ended).code).toBe(0);
});

test('mine, and where each stands', async () => {
  const image = (tag: string) => `git.jinr.ru:5005/nica/docker-images/bmn:${tag}`;
  for (const tag of ['1', '2', '3']) world.has('nica/docker-images/bmn', tag);
  await jcds('request', BMN, image('1'), image('2'), image('3'));
  github.pulls[0]!.state = 'merged';
  publish();
  github.pulls[1]!.state = 'closed';
  github.pulls[2]!.checks = [{ status: 'completed', conclusion: 'failure' }];
  const { code, stdout, stderr } = await jcds('requests', '--all', '--json');
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map(line => JSON.parse(line)).map(({ entry, stage, url }) => [entry, stage, url])).toEqual([
    [`https://${image('3')}`, 'open', page(4)],
    [`https://${image('2')}`, 'failed', page(3)],
    [`https://${image('1')}`, 'closed', page(2)],
    [`https://${BMN}`, 'visible', page(1)],
  ]);
});

describe('what goes wrong', () => {
  test('a token without a scope that suffices', async () => {
    github.users.set(TOKEN, { login: 'nica', scopes: ['gist'] });
    const { code, stderr } = await jcds('request', BMN);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`the token for ${github.host} lacks the scope public_repo; it has gist`),
    ]);
  });
  test('a token that GitHub does not know', async () => {
    const { code, stderr } = await world.jcds(['request', BMN], environment('ghp_unknown_0123456789'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not accept the token')]);
  });
  test('no token: the change and the page on which to make it', async () => {
    const { code, stdout, stderr } = await world.jcds(['request', BMN], environment(''));
    expect([code, stdout]).toEqual([1, expect.stringContaining(`+${LINE}`)]);
    expect(stdout).toContain(
      `${BMN}: not asked for; by hand: ${github.origin}/${PROJECT}/edit/main/recipe.yaml\n`,
    );
    expect(stderr).toContain(`${github.origin.replace('http:', 'https:')}/settings/tokens`);
    expect(posts()).toEqual([]);
  });
  test('an archived repository', async () => {
    upstream.archived = true;
    expect(await jcds('request', BMN)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('archived'),
    });
  });
  test('a quota that is spent for longer than anybody waits: 75', async () => {
    github.interfere = () => ({
      status: 403,
      body: { message: 'API rate limit exceeded' },
      headers: { 'retry-after': '3000' },
    });
    const { code, stderr } = await jcds('request', BMN);
    expect([code, stderr]).toEqual([75, expect.stringContaining('too many requests')]);
  });
});

test('auth status: whose token it is, and its scopes', async () => {
  expect(await jcds('auth', 'status')).toEqual({
    code: 0,
    stdout: `${github.host}: the token of ${variable}, of nica, scopes: public_repo, no expiry told\n`,
    stderr: '',
  });
});

test('a job asks too, and its hint names the repository that was asked', async () => {
  world.install('apptainer', APPTAINER);
  const asks = `ask for it with: jcds request --repository ${CERN} ${BMN}\n`;
  const fail = await jcds('exec', BMN, 'true');
  expect([fail.code, fail.stderr]).toEqual([125, expect.stringContaining(asks)]);
  world.configure({ services: { [CERN]: { servers: [], wishlist: { host: github.origin } } } });
  const named = await jcds('exec', '--repository', CERN, BMN, 'true');
  expect([named.code, named.stderr]).toEqual([125, expect.stringContaining(asks)]);
  // A batch system may say it by a variable, which is not there where the hint is typed.
  const byVariable = await world.jcds(['exec', BMN, 'true'], { ...environment(), JCDS_REPOSITORIES: CERN });
  expect([byVariable.code, byVariable.stderr]).toEqual([125, expect.stringContaining(asks)]);
  const asked = await jcds('exec', '--repository', CERN, '--if-missing', 'request', BMN, 'true');
  expect([asked.code, asked.stderr]).toEqual([75, expect.stringContaining(`(${page(1)})`)]);
  expect(asked.stderr).toContain(
    `jcds requests --repository ${CERN}, or wait with: jcds request --wait --repository ${CERN} ${BMN}`,
  );
});
