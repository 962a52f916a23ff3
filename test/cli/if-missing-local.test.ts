import { chmodSync, existsSync, mkdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTar } from '../archive/make-tar.ts';
import { serve, type TestServer } from '../cvmfs/http/server.ts';
import { publishTree, type Tree } from '../cvmfs/no-mount/published-tree.ts';
import { keyFile } from '../cvmfs/no-mount/setting.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { descriptor, makeImage, OCI_CONFIG, OCI_MANIFEST, sha256, stored } from '../registry/images.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { attributeDirectory, GOOD, JINR, setAttributes } from '../status/setting.ts';
import { APPTAINER, Program, printed, World } from './request-setting.ts';

// An image that is not published, and a local copy in its place: whole processes, a registry, a forge and signed repositories.
const program = new Program();
let world: World;
const servers: TestServer[] = [];
const DIGEST = imageWithTree().manifest.digest;
const COPY = `${BMN} is not published; running a local copy of ${DIGEST} made `;
const JOB = ['exec', BMN, 'hello', 'a b'];

beforeEach(async () => {
  world = await World.make(program);
  world.install('apptainer', APPTAINER);
  const image = imageWithTree();
  world.images.tag('nica/docker-images/bmn', '24.12', image.manifest, [image]);
  configure();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await world.remove();
});
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

/** An image that can be unpacked. */
function imageWithTree() {
  const layer = makeTar([
    { name: 'bin/', mode: 0o755 },
    ...['sh', 'hello'].map(name => ({ name: `bin/${name}`, mode: 0o755, content: 'a program' })),
  ]);
  const layers = [stored(gzipSync(layer), 'application/vnd.oci.image.layer.v1.tar+gzip')];
  const rootfs = { type: 'layers', diff_ids: [sha256(layer)] };
  const config = stored({ architecture: 'amd64', os: 'linux', config: {}, rootfs }, OCI_CONFIG);
  const parts = { config: descriptor(config), layers: layers.map(descriptor) };
  const manifest = stored({ schemaVersion: 2, mediaType: OCI_MANIFEST, ...parts }, OCI_MANIFEST);
  return { ...makeImage('x'), manifest, config, layers };
}

/** @param settings beside the policy `local` */
function configure(settings: Readonly<Record<string, unknown>> = {}, service = {}): void {
  const wishlist = { host: world.forge.origin, path: 'docker_images.txt' };
  world.configure({
    ifMissing: 'local',
    services: { [JINR]: { servers: [], wishlist, ...service } },
    ...settings,
  });
}

const pulled = async () => expect((await world.jcds(['pull', BMN])).code).toBe(0);
const jobOf = (text: string) => text.includes('<hello>\n<a b>\n');

describe('away from a terminal', () => {
  test('without a copy it is as `fail`: none is made, and no registry is asked', async () => {
    const { code, stderr } = await world.jcds(JOB);
    expect({ code, stderr }).toEqual({
      code: 125,
      stderr: expect.stringContaining('is not published in containers.jinr.ru'),
    });
    expect(world.registryHeard).toEqual([]);
    expect(existsSync(join(world.home, '.local'))).toBe(false);
  });

  test('a copy that is there runs, until the image is published, which is said once', async () => {
    await pulled();
    const asked = world.registryHeard.length;
    for (const words of [JOB, ['run', '-n', BMN]]) {
      const { code, stderr, stdout } = await world.jcds(words);
      expect([code, stderr]).toEqual([0, expect.stringContaining(`jcds: ${COPY}2`)]);
      expect(stdout).toContain(`.images/${DIGEST.slice(7, 9)}/${DIGEST.slice(9)}`);
    }
    expect(world.registryHeard.length).toBe(asked);
    expect(world.forge.log).toEqual([]);
    const path = world.publish('nica/docker-images/bmn:24.12', BMN);
    const words = ['exec', BMN, 'sh', '-c', 'true'];
    const [first, second] = [await world.jcds(words), await world.jcds(words)];
    expect([first.code, first.stderr]).toEqual([
      0,
      `jcds: ${BMN} is published now: running it, no longer the local copy\n`,
    ]);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`${readlinkSync(path).slice('/cvmfs'.length)}>`);
    expect(first.stdout).not.toContain(DIGEST.slice(9));
  });
});

describe('at a terminal', () => {
  test('the copy is made, and nobody is asked for anything', async () => {
    const { code, text } = await world.atTerminal(JOB).ended;
    expect([code, text]).toEqual([0, expect.stringContaining(COPY)]);
    expect(jobOf(text)).toBe(true);
    expect([text.includes('[y/N]'), world.forge.log]).toEqual([false, []]);
  });

  test('--no-input makes none', async () => {
    const { code } = await world.atTerminal(['exec', '--no-input', BMN, 'hello']).ended;
    expect(code).toBe(125);
    expect(existsSync(join(world.home, '.local'))).toBe(false);
  });

  test.each([
    ['no, and then yes', 'n\r', 0],
    ['yes, and then yes', 'y\r', 1],
  ])('`ask` offers it too: %s', async (_what, first, requests) => {
    configure({ ifMissing: 'ask' });
    const at = world.atTerminal(JOB);
    await at.said('Open this merge request');
    at.type(first);
    await at.said('Unpack it here from its registry, and run that local copy now? [y/N]');
    at.type('y\r');
    const { code, text } = await at.ended;
    expect([code, jobOf(text), text.includes(COPY)]).toEqual([0, true, true]);
    expect(world.forge.requests).toHaveLength(requests);
  });

  test('`ask` offers a copy that is there by its digest, and a no leaves it at that', async () => {
    await pulled();
    configure({ ifMissing: 'ask' });
    const at = world.atTerminal(JOB);
    await at.said('Open this');
    at.type('n\r');
    await at.said(`Run the local copy of ${DIGEST} made `);
    at.type('n\r');
    expect((await at.ended).code).toBe(125);
  });
});

/** A Stratum-1 with this tree, which jcds is told of. */
async function stratum(tree: Tree): Promise<void> {
  const whitelist = { created: '20260101000000', expires: '20991231000000' };
  const server = await serve(publishTree(JINR, tree, { revision: 3, whitelist }));
  servers.push(server);
  configure({}, { servers: [server.template], keysDirectory: keyFile().replace(/[^/]*$/, '') });
}
const WITHOUT: Tree = { '.images/ab': { directory: true }, 'library/debian:12': { link: '../.images/ab' } };
const WITH: Tree = { ...WITHOUT, 'nica/docker-images/bmn:24.12': { link: '../../.images/ab' } };

describe('a mount that is behind', () => {
  let root: string;
  beforeEach(async () => {
    await pulled();
    root = attributeDirectory();
    chmodSync(root, 0o755);
    mkdirSync(join(root, JINR));
    makeOsgRepository(join(root, JINR), { 'library/debian:12': { files: GOOD } });
    setAttributes(join(root, JINR), { revision: '2', expires: '3' });
  });
  test('of a server that has the image: 75, at a terminal', async () => {
    await stratum(WITH);
    const { code, text } = await world.atTerminal(JOB, { JCDS_CVMFS_ROOT: root }).ended;
    expect([code, text]).toEqual([75, expect.stringContaining('which this client shows (the server has 3')]);
  });
  test('of a server that has not got it either: the copy', async () => {
    await stratum(WITHOUT);
    const { code, text } = await world.atTerminal(JOB, { JCDS_CVMFS_ROOT: root }).ended;
    expect([code, jobOf(text)]).toEqual([0, true]);
  });
  test('and should have looked again by now: 75, also in a batch job', async () => {
    setAttributes(join(root, JINR), { revision: '2', expires: '-7' });
    const { code } = await world.jcds(JOB, { JCDS_CVMFS_ROOT: root });
    expect(code).toBe(75);
  });
});

describe('without a mount', () => {
  const none = () => ({ JCDS_CVMFS_ROOT: join(world.folder, 'none') });
  test('a signed repository that lacks it: the copy, which a terminal makes', async () => {
    await stratum(WITHOUT);
    const { code, text } = await world.atTerminal(JOB, none()).ended;
    expect([code, jobOf(text), text.includes(COPY)]).toEqual([0, true, true]);
    expect(await world.jcds(JOB, none())).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(COPY),
    });
  });
  test.each([
    ['one that has it', WITH],
    ['no answer', null],
  ])('%s: 75, with the way to a local copy', async (_what, tree) => {
    await pulled();
    if (tree !== null) await stratum(tree);
    const { code, stderr } = await world.jcds(JOB, none());
    expect(code).toBe(75);
    expect(stderr).toContain(`\nor run a local copy, published or not: jcds exec --local ${BMN} …\n`);
  });
});
