import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePlatform } from '../../src/image/platform.ts';
import { parseReference } from '../../src/image/reference.ts';
import { checkRegistry } from '../../src/registry/check.ts';
import { openRegistry, type RegistryOptions } from '../../src/registry/client.ts';
import { storedCredentials } from '../../src/registry/credentials.ts';
import { imageIn } from '../../src/registry/image.ts';
import { anonymousPull, registryHas, withRegistry } from '../../src/registry/presence.ts';
import { type RunningRegistry, startRegistry } from '../hosts/registry.ts';
import { makeKey, writeLayout } from './host-files.ts';
import { makeImage, makeIndex, type TestImage } from './images.ts';
import { failure, PASSWORD } from './opened.ts';
import { listen, type TestServer } from './server.ts';
import { tokenServer } from './token-server.ts';

// skopeo asks servers that live in this process: it is never waited for synchronously.
const run = promisify(execFile);
const AMD64 = parsePlatform('amd64');
const [amd64, arm64] = [makeImage('amd'), makeImage('arm', { architecture: 'arm64', variant: 'v8' })];
const index = makeIndex([amd64, arm64]);
let work: string;
let tokens: TestServer;
/** One that wants tokens, and one that wants Basic. */
let [guarded, walled]: RunningRegistry[] = [];

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'jcds-registry-host-'));
  const { key, certificate } = makeKey(work);
  const names = { service: 'jcds test', issuer: 'jcds-test' };
  const accounts = {
    pusher: { password: PASSWORD, may: [] },
    ann: { password: PASSWORD, may: ['group/private'] },
  };
  tokens = await listen(
    tokenServer({
      ...names,
      accounts,
      isPublic: name => name.startsWith('public/'),
      privateKey: readFileSync(key, 'utf8'),
    }),
  );
  guarded = await startRegistry({
    REGISTRY_AUTH: 'token',
    REGISTRY_AUTH_TOKEN_REALM: `${tokens.origin}/token`,
    REGISTRY_AUTH_TOKEN_SERVICE: names.service,
    REGISTRY_AUTH_TOKEN_ISSUER: names.issuer,
    REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE: certificate,
  });
  const hashed = execFileSync('perl', ['-e', 'print crypt(<STDIN>, q($2y$05$abcdefghijklmnopqrstuu))'], {
    input: PASSWORD,
    encoding: 'utf8',
  });
  writeFileSync(join(work, 'htpasswd'), `ann:${hashed}\n`);
  walled = await startRegistry({
    REGISTRY_AUTH: 'htpasswd',
    REGISTRY_AUTH_HTPASSWD_REALM: 'here',
    REGISTRY_AUTH_HTPASSWD_PATH: join(work, 'htpasswd'),
  });
  const one = writeLayout(join(work, 'one'), amd64.manifest, [amd64]);
  const both = writeLayout(join(work, 'both'), index, [amd64, arm64]);
  const push = (from: string, to: string, user: string, ...more: string[]) =>
    run('skopeo', [
      'copy',
      '--quiet',
      '--dest-tls-verify=false',
      `--dest-creds=${user}:${PASSWORD}`,
      ...more,
      `oci:${from}:1`,
      `docker://${to}`,
    ]);
  for (const name of ['public/one', 'group/private']) await push(one, `${guarded.host}/${name}:1`, 'pusher');
  await push(one, `${guarded.host}/public/one:docker`, 'pusher', '--format=v2s2');
  await push(both, `${guarded.host}/public/both:1`, 'pusher', '--all');
  await push(one, `${walled.host}/a/b:1`, 'ann');
});

afterAll(async () => {
  await Promise.all([guarded?.close(), walled?.close(), tokens?.close()]);
  rmSync(work, { recursive: true, force: true });
});

/** Options of a user who has logged in with skopeo, podman's own code, to some registries. */
async function loggedIn(file: string, ...hosts: string[]): Promise<RegistryOptions> {
  const environment = { REGISTRY_AUTH_FILE: join(work, file) };
  for (const host of hosts)
    await run('skopeo', [
      'login',
      `--authfile=${environment.REGISTRY_AUTH_FILE}`,
      '--tls-verify=false',
      `--username=ann`,
      `--password=${PASSWORD}`,
      host,
    ]);
  return { environment, findCredential: storedCredentials({ environment, home: work, uid: 0 }) };
}

const imageAt = (name: string, platform: string, options: RegistryOptions) => {
  const reference = parseReference(name);
  return withRegistry(reference.registry, options, registry =>
    imageIn(registry, reference, parsePlatform(platform)),
  );
};
const digestsOf = ({ config, layers }: TestImage) => ({
  configDigest: config.digest,
  layerDigests: layers.map(layer => layer.digest),
});

describe('a real registry that wants tokens', () => {
  test('an OCI image, a docker image and an index, for everyone', async () => {
    const options = await loggedIn('nobody.json');
    const root = `${guarded!.host}/public`;
    expect(await imageAt(`${root}/one:1`, 'amd64', options)).toMatchObject({
      ...digestsOf(amd64),
      manifestDigest: amd64.manifest.digest,
      indexDigest: null,
    });
    expect(await imageAt(`${root}/one@${amd64.manifest.digest}`, 'amd64', options)).toMatchObject(
      digestsOf(amd64),
    );
    const docker = await imageAt(`${root}/one:docker`, 'amd64', options);
    expect(docker.config).toMatchObject({
      env: [
        ['PATH', '/usr/bin'],
        ['NAME', 'amd'],
      ],
      cmd: ['sh'],
      architecture: 'amd64',
      os: 'linux',
    });
    for (const [platform, image] of [
      ['amd64', amd64],
      ['arm64', arm64],
    ] as const)
      expect(await imageAt(`${root}/both:1`, platform, options)).toMatchObject({
        ...digestsOf(image),
        manifestDigest: image.manifest.digest,
        indexDigest: index.digest,
      });
    expect(await failure(imageAt(`${root}/both:1`, 'ppc64le', options))).toMatchObject({
      code: 'PLATFORM_NOT_IN_REGISTRY',
      hint: 'it has images for linux/amd64, linux/arm64/v8',
    });
  });

  test('skopeo sees the same digests', async () => {
    const inspected = await run('skopeo', [
      'inspect',
      '--tls-verify=false',
      `docker://${guarded!.host}/public/one:1`,
    ]);
    const { Digest, Layers } = JSON.parse(inspected.stdout);
    expect(
      await imageAt(`${guarded!.host}/public/one:1`, 'amd64', await loggedIn('nobody.json')),
    ).toMatchObject({ manifestDigest: Digest, layerDigests: Layers });
  });

  test('a private image, before and after logging in', async () => {
    const reference = parseReference(`${guarded!.host}/group/private:1`);
    expect(await registryHas(reference, await loggedIn('nobody.json'))).toMatchObject({ state: 'private' });
    const options = await loggedIn('ann.json', guarded!.host);
    expect(await registryHas(reference, options)).toMatchObject({
      state: 'present',
      digest: amd64.manifest.digest,
    });
    expect(await anonymousPull(reference, options)).toMatchObject({ state: 'no' });
    expect(await anonymousPull(parseReference(`${guarded!.host}/public/one:1`), options)).toMatchObject({
      state: 'yes',
    });
  });

  test('what is not there', async () => {
    const options = await loggedIn('nobody.json');
    for (const name of ['public/one:nosuch', 'public/nosuch:1', `public/one@sha256:${'0'.repeat(64)}`])
      expect(await registryHas(parseReference(`${guarded!.host}/${name}`), options)).toMatchObject({
        state: 'absent',
      });
  });

  test('the tags, by pages', async () => {
    const registry = await openRegistry(guarded!.host, await loggedIn('nobody.json'));
    const tags: string[] = [];
    for await (const tag of registry.tags('public/one')) tags.push(tag);
    await registry.close();
    expect(tags.sort()).toEqual(['1', 'docker']);
  });
});

test('a real registry that wants a password, logged in by skopeo', async () => {
  const reference = parseReference(`${walled!.host}/a/b:1`);
  expect(await registryHas(reference, await loggedIn('ann.json', guarded!.host))).toMatchObject({
    state: 'private',
  });
  expect(
    await registryHas(reference, await loggedIn('both.json', guarded!.host, walled!.host)),
  ).toMatchObject({ state: 'present' });
});

describe('the test repositories against a registry that holds their images', () => {
  const cache = process.env.JCDS_TEST_CACHE ?? '/var/cache/jcds-test';
  const cvmfs = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs');
  test.each([
    ['OSG', 'containers.jinr.ru/nica/docker-images/bmn:latest'],
    ['CERN', 'unpacked.cern.ch/git.jinr.ru:5005/nica/docker-images/bmn:latest'],
  ])('%s', async (_layout, link) => {
    const name = `${walled!.host}/nica/docker-images/bmn:latest`;
    const push = (image: string) =>
      run('skopeo', [
        'copy',
        '--quiet',
        '--dest-tls-verify=false',
        `--dest-creds=ann:${PASSWORD}`,
        `oci:${join(cache, 'images/oci', image)}:latest`,
        `docker://${name}`,
      ]);
    const options = await loggedIn('both.json', walled!.host);
    const state = async () =>
      (await checkRegistry(parseReference(name), readlinkSync(join(cvmfs, link)), AMD64, options)).state;
    await push('bmn');
    expect(await state()).toBe('current');
    await push('small');
    expect(await state()).toBe('outdated');
  });
});
