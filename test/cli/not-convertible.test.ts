import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeImage, makeIndex } from '../registry/images.ts';
import { ODD_IMAGES, putOdd } from '../registry/odd-images.ts';
import { TOKEN } from '../requests/setup.ts';
import { OSG, RealWorld } from './real-names-setting.ts';
import { APPTAINER, Program, printed } from './request-setting.ts';

// What no service can publish is asked for nowhere, whatever was typed.
const program = new Program();
let real: RealWorld;
beforeAll(async () => {
  real = await RealWorld.make(program, ['ghcr.io']);
});
beforeEach(() => {
  real.world.images.manifests.clear();
  real.world.images.blobs.clear();
});
afterAll(async () => {
  await real.remove();
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});
const changes = () =>
  [real.github, real.world.forge].flatMap(({ log }) => log.filter(({ method }) => method !== 'GET'));

describe('request --yes', () => {
  test.each(ODD_IMAGES.map((odd, index) => [odd.what, index, odd] as const))(
    '%s',
    async (_what, index, odd) => {
      const name = `ghcr.io/odd/image${index}:1`;
      putOdd(real.world.images, `odd/image${index}`, '1', odd);
      const { code, stdout, stderr } = await real.jcds(['request', '--yes', '--repository', OSG, name]);
      const named = (text: string) =>
        text.replaceAll('oras://NAME', 'oras://').replaceAll('NAME', name).replaceAll('HOST', 'ghcr.io');
      const text = `jcds: ${named(odd.message)}\nhint: ${named(odd.hint)}\n`.replaceAll(
        'oras://',
        'oras://NAME',
      );
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: text });
      expect(changes()).toEqual([]);
    },
  );
  test.each([
    ['127.0.0.1:7010/x:1', '127.0.0.1:7010'],
    ['localhost/x', 'localhost'],
    ['registry.localhost:5000/a/b:1', 'registry.localhost:5000'],
  ])('%s', async (name, registry) => {
    const { code, stderr } = await real.jcds(['request', '--yes', '--repository', OSG, name]);
    expect([code, stderr]).toEqual([
      1,
      `jcds: ${registry} is this host itself, and no service can pull from there\n` +
        'hint: push the image to a registry that the service can reach, and ask for that name\n',
    ]);
    expect(changes()).toEqual([]);
  });
});

test('--dry-run and --if-missing say the same', async () => {
  putOdd(real.world.images, 'odd/helm', '1', ODD_IMAGES.find(({ what }) => what === 'a Helm chart')!);
  const name = 'ghcr.io/odd/helm:1';
  const dry = await real.jcds(['request', '--dry-run', '--json', '--repository', OSG, name]);
  expect([dry.code, JSON.parse(dry.stdout)]).toMatchObject([
    1,
    { state: 'failed', error: { code: 'UNSUPPORTED_MANIFEST' } },
  ]);
  real.world.install('apptainer', APPTAINER);
  const job = await real.jcds(['exec', '--if-missing', 'request', '--repository', OSG, name, 'true']);
  expect([job.code, job.stderr]).toEqual([125, expect.stringContaining('it is a Helm chart')]);
  expect(changes()).toEqual([]);
});

test('CERN converts arm64 too, JINR does not', async () => {
  const arm64 = makeImage('arm', { architecture: 'arm64', variant: 'v8' });
  real.world.images.tag('nica/arm', '1', makeIndex([arm64]), [arm64]);
  const recipe =
    "version: 1\nuser: x\ncvmfs_repo: 'unpacked.cern.ch'\noutput_format: 'y'\ninput:\n    - 'https://ghcr.io/a/b:1'\n";
  real.github.addRepository('cvmfs/images-unpacked.cern.ch', { 'recipe.yaml': recipe });
  mkdirSync(join(real.world.cvmfs, 'unpacked.cern.ch/.flat'), { recursive: true });
  const words = (repository: string) => [
    'request',
    '--dry-run',
    '--repository',
    repository,
    'ghcr.io/nica/arm:1',
  ];
  expect(await real.jcds(words('unpacked.cern.ch'))).toMatchObject({ code: 0, stderr: '' });
  expect(await real.jcds(words('containers.jinr.ru'))).toMatchObject({
    code: 1,
    stderr: 'jcds: ghcr.io/nica/arm:1 has no image for linux/amd64\nhint: it has images for linux/arm64/v8\n',
  });
});
