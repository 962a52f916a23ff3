import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningRegistry, startRegistry } from './registry.ts';

const cache = process.env.JCDS_TEST_CACHE ?? '/var/cache/jcds-test';
const name = 'nica/docker-images/bmn';
let registry: RunningRegistry;
let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'jcds-registry-test-'));
  registry = await startRegistry();
  const layout = `oci:${join(cache, 'images/oci/bmn')}:latest`;
  execFileSync('skopeo', [
    'copy',
    '--quiet',
    '--dest-tls-verify=false',
    layout,
    `docker://${registry.host}/${name}:latest`,
  ]);
});
afterAll(async () => {
  await registry.close();
  rmSync(work, { recursive: true });
});

test('the registry serves the image whose configuration digest names the directory in CERN’s layout', async () => {
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const answer = await fetch(`http://${registry.host}/v2/${name}/manifests/latest`, { headers: { accept } });
  const manifest = (await answer.json()) as { config: { digest: string } };
  const hex = manifest.config.digest.slice('sha256:'.length);
  const root = process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test';
  expect(existsSync(join(root, 'cvmfs/unpacked.cern.ch/.flat', hex.slice(0, 2), hex, 'etc/os-release'))).toBe(
    true,
  );
});

test('the images on this host are what Apptainer builds from a registry, but for the date and the registry’s name', () => {
  const built = join(work, 'built');
  const source = `docker://${registry.host}/${name}:latest`;
  execFileSync('apptainer', ['-q', 'build', '--fix-perms', '--sandbox', '--no-https', built, source], {
    env: { ...process.env, APPTAINER_CACHEDIR: join(work, 'cache') },
    stdio: 'pipe',
  });
  const readable = (directory: string) =>
    ['Singularity', 'labels.json', 'runscript', 'env/10-docker2singularity.sh'].map(file =>
      readFileSync(join(directory, '.singularity.d', file), 'utf8')
        .replaceAll(registry.host, 'git.jinr.ru:5005')
        .replace(/"org.label-schema.build-date": "[^"]+"/, ''),
    );
  expect(readable(built)).toEqual(readable(join(cache, 'images/sandboxes/bmn')));
});

test('a registry whose settings make no sense is an error with its own words', async () => {
  await expect(startRegistry({ REGISTRY_STORAGE: 'nosuch' })).rejects.toThrow(
    /docker-registry ended:\n.*nosuch/s,
  );
});
