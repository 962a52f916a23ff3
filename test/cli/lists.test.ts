import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeImage } from '../registry/images.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { OSG, RealWorld } from './real-names-setting.ts';
import { Program, printed } from './request-setting.ts';

// Lists of services as whole processes read them.
const program = new Program();
const CERN = 'unpacked.cern.ch';
const RECIPE = `version: 1
user: cvmfsunpacker
cvmfs_repo: 'unpacked.cern.ch'
output_format: 'https://gitlab-registry.cern.ch/unpacked/sync/$(image)'
input:
    - 'https://ghcr.io/nica/tools:v1.*'
    - 'ghcr.io/nica/plain:1'
    - 'https://ghcr.io/nica/slash:1/'
    - 'https://ghcr.io/nica/query:1?x=1'
`;
let real: RealWorld;
beforeAll(async () => {
  real = await RealWorld.make(program, ['ghcr.io']);
  real.github.addRepository('cvmfs/images-unpacked.cern.ch', { 'recipe.yaml': RECIPE });
  mkdirSync(join(real.world.cvmfs, CERN, '.flat'), { recursive: true });
});
afterAll(async () => {
  await real.remove();
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

describe("CERN's recipe is read as the service reads it", () => {
  test.each([
    ['nica/tools:v1.2', 6, 'https://ghcr.io/nica/tools:v1.*', ''],
    [
      'nica/tools:v10',
      6,
      'https://ghcr.io/nica/tools:v1.*',
      '; to this service "." in a pattern is any character',
    ],
    [
      'nica/tools:v1-rc',
      6,
      'https://ghcr.io/nica/tools:v1.*',
      '; to this service "." in a pattern is any character',
    ],
    ['nica/plain:1', 7, 'ghcr.io/nica/plain:1', ''],
    ['nica/slash:1', 8, 'https://ghcr.io/nica/slash:1/', ''],
    ['nica/query:1', 9, 'https://ghcr.io/nica/query:1?x=1', ''],
  ])('%s', async (image, line, text, note) => {
    const [repository = '', tag = ''] = image.split(':');
    real.world.has(repository, tag);
    const name = `ghcr.io/${image}`;
    expect(await real.jcds(['request', '--yes', '--repository', CERN, name])).toEqual({
      code: 0,
      stdout: `${name}: in the list of ${CERN} already (recipe.yaml, line ${line}: "${text}"), and not visible here yet${note}\n`,
      stderr: '',
    });
  });
});

test('somebody else has asked, without a word of it: found by the change', async () => {
  real.world.has('nica/docker-images/bmn', '24.12');
  real.github.users.set('ghp_other_0123456789', { login: 'baikal', scopes: null });
  const words = ['request', '--yes', '--repository', OSG, BMN];
  const first = await real.jcds(words, { JCDS_TOKEN_GITHUB_COM: 'ghp_other_0123456789' });
  expect(first.code).toBe(0);
  const pull = real.github.pulls.at(-1)!;
  Object.assign(pull, { title: 'Update docker_images.txt', body: '' });
  expect(await real.jcds(words)).toEqual({
    code: 0,
    stdout: `${BMN}: asked for already by baikal: pull request #${pull.number} https://github.com/opensciencegrid/cvmfs-singularity-sync/pull/${pull.number}\n`,
    stderr: '',
  });
});

test('a service without a list is offered to nobody', async () => {
  const galaxy = 'singularity.galaxyproject.org';
  mkdirSync(join(real.world.cvmfs, galaxy, 'all'), { recursive: true });
  for (const command of ['status', 'resolve']) {
    const { code, stdout, stderr } = await real.jcds([command, '--repository', galaxy, 'ubuntu:22.04']);
    expect([code, stdout + stderr]).toEqual([
      1,
      expect.stringContaining(`jcds list --repository ${galaxy} '*ubuntu*'`),
    ]);
    expect(stdout + stderr).not.toContain('jcds request');
  }
});

test('asking a service without a list names those that have one, and not itself', async () => {
  const galaxy = 'singularity.galaxyproject.org';
  for (const words of [['request', 'ubuntu:22.04'], ['requests'], ['auth', 'status']]) {
    const { code, stderr } = await real.jcds(words, {
      JCDS_REPOSITORIES: galaxy,
    });
    expect([code, stderr]).toEqual([
      2,
      `jcds: it is not known how images are asked for in ${galaxy}
hint: containers.jinr.ru, unpacked.cern.ch, singularity.opensciencegrid.org take requests: name one with --repository; or configure services["${galaxy}"].wishlist
`,
    ]);
  }
});

test('an image with a configuration of 2 MB', async () => {
  const big = makeImage('big', { config: { Labels: { notes: 'x'.repeat(2_000_000) } } });
  real.world.images.tag('nica/big', '1', big.manifest, [big]);
  const { code, stderr } = await real.jcds([
    'request',
    '--dry-run',
    '--repository',
    OSG,
    'ghcr.io/nica/big:1',
  ]);
  expect([code, stderr]).toEqual([0, '']);
});

test.each([
  [`validname@invaliddigest:${'f'.repeat(36)}`, 'invaliddigest'],
  [`ghcr.io/a/b:1@sha265:${'f'.repeat(64)}`, 'sha265'],
])('%s', async (name, algorithm) => {
  const { code, stderr } = await real.jcds(['request', '--repository', OSG, name]);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining(
      `": unsupported digest algorithm "${algorithm}"\nhint: registries know sha256, sha384 and sha512`,
    ),
  ]);
});
