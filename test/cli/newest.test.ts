import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closedPort, serve, type TestServer } from '../cvmfs/http/server.ts';
import { publishTree, type Tree } from '../cvmfs/no-mount/published-tree.ts';
import { keyFile } from '../cvmfs/no-mount/setting.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { attributeDirectory, GOOD, JINR, setAttributes } from '../status/setting.ts';
import { APPTAINER, Program, printed, World } from './request-setting.ts';

// A tag that is in the server's revision 3, while this host's client shows revision 2: whole processes, a forge and a registry.

const program = new Program();
let world: World;
let root: string;
const servers: TestServer[] = [];
beforeEach(async () => {
  world = await World.make(program);
  world.install('apptainer', APPTAINER);
  root = attributeDirectory();
  chmodSync(root, 0o755);
  mkdirSync(join(root, JINR));
  makeOsgRepository(join(root, JINR), { 'library/debian:12': { files: GOOD } });
  setAttributes(join(root, JINR), { revision: '2', expires: '3' });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await world.remove();
});
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const IMAGE = 'nica/docker-images/bmn:24.12';
const TREE: Tree = { '.images/ab': { directory: true }, 'library/debian:12': { link: '../.images/ab' } };
const WITH: Tree = { ...TREE, [IMAGE]: { link: '../../.images/ab' } };
const FOR_EVER = { created: '20260101000000', expires: '20991231000000' };

/** A Stratum-1 at a revision, which jcds is told of; null: nobody listens there. */
async function stratum(tree: Tree, revision = 3, whitelist = FOR_EVER): Promise<TestServer> {
  const server = await serve(publishTree(JINR, tree, { revision, whitelist }));
  servers.push(server);
  named(server.template);
  return server;
}

function named(template: string): void {
  const wishlist = { host: world.forge.origin, path: 'docker_images.txt' };
  const service = { servers: [template], keysDirectory: keyFile().replace(/[^/]*$/, ''), wishlist };
  world.configure({ services: { [JINR]: service } });
}

const jcds = (words: readonly string[], env: Record<string, string> = {}) =>
  world.jcds(words, { JCDS_CVMFS_ROOT: root, ...env });

const BEHIND = `${JINR}: ${BMN} is not in revision 2, which this client shows (the server has 3; it looks again in 3 min)`;
const WAIT = `it is published in revision 3; wait until it is visible here: jcds wait ${BMN}`;
const LATER = { code: 75, stdout: '', stderr: `jcds: ${BEHIND}\nhint: ${WAIT}\n` };

test('resolve and status say both revisions, and 75; nobody is told to ask for the image', async () => {
  await stratum(WITH);
  expect(await jcds(['resolve', BMN])).toEqual(LATER);
  const json = await jcds(['resolve', '--json', BMN]);
  expect([json.code, JSON.parse(json.stdout)]).toMatchObject([75, { state: 'missing', newest: false }]);
  const status = await jcds(['status', BMN]);
  expect(status.code).toBe(75);
  expect(status.stdout).toContain(`it is published in ${JINR} already: the server is at revision 3`);
  expect(status.stdout).not.toContain('jcds request');
});

test('what the newest revision has not either is not published: 1, with the way to ask for it', async () => {
  await stratum(TREE);
  for (const words of [
    ['resolve', '--json', BMN],
    ['status', '--json', BMN],
  ]) {
    const { code, stdout } = await jcds(words);
    const [answer] = [JSON.parse(stdout)].flat();
    expect([code, answer.state, answer.newest]).toEqual([1, 'missing', true]);
  }
  const { code, stderr } = await jcds(['resolve', BMN]);
  expect(code).toBe(1);
  expect(stderr).toContain(`ask for it with: jcds request ${BMN}`);
});

test('with this client at the newest revision it is not published: 1', async () => {
  await stratum(TREE, 2);
  const { code, stdout } = await jcds(['resolve', '--json', BMN]);
  expect([code, JSON.parse(stdout).newest]).toEqual([1, true]);
  expect(await jcds(['status', BMN])).toMatchObject({ code: 1 });
});

describe.each([
  ['the server is down', async () => named(`${await closedPort()}/cvmfs/@fqrn@`), {}],
  [
    'the server hangs',
    async () => void (await stratum(WITH)).faults.set('manifest', 'hang'),
    // Two seconds are its own limit, whatever a look at CVMFS may take.
    { JCDS_CVMFS_TIMEOUT: '20', SAYS: 'no server of containers.jinr.ru answered within (2|1\\.[0-9]) s' },
  ],
  ['the proxy says 503', async () => void (await stratum(WITH)).faults.set('manifest', { status: 503 }), {}],
  ['the network is forbidden', async () => void (await stratum(WITH)), { JCDS_NETWORK: 'false' }],
] as [string, () => Promise<void>, Record<string, string>][])(
  'where %s',
  (_why, make, { SAYS = '', ...env }) => {
    test('it is not known whether there is a newer revision: 75, and no hint to ask', async () => {
      await make();
      const resolved = await jcds(['resolve', BMN], env);
      expect(resolved).toMatchObject({ code: 75, stdout: '' });
      expect(resolved.stderr).toContain(
        `jcds: ${JINR}: ${BMN} is not in revision 2, which this client shows; whether there is a newer one is not known: `,
      );
      const status = await jcds(['status', BMN], env);
      expect(status.code).toBe(75);
      expect(status.stdout).toMatch(
        /missing: not in revision 2, which this client shows; whether there is\s+a newer/,
      );
      expect(resolved.stderr + status.stdout).not.toContain('jcds request');
      const json = JSON.parse((await jcds(['status', '--json', BMN], env)).stdout)[0];
      expect(json).toMatchObject({
        state: 'missing',
        newest: null,
        reasons: { newest: expect.stringMatching(SAYS) },
      });
      expect(resolved.stderr).toMatch(new RegExp(SAYS));
    });
  },
);

describe('nobody is asked for what the newest revision has', () => {
  test('request tells where it is published', async () => {
    await stratum(WITH);
    const ran = await jcds(['request', BMN]);
    expect(ran).toEqual({
      code: 0,
      stdout: `${BMN}: published: ${root}/${JINR}/${IMAGE} (not in revision 2, which this client shows (the server has 3; it looks again in 3 min); wait with: jcds wait ${BMN})\n`,
      stderr: '',
    });
  });

  test('run and exec with --if-missing request end with 75', async () => {
    await stratum(WITH);
    expect(await jcds(['exec', '--if-missing', 'request', BMN, 'true'])).toEqual(LATER);
  });

  test('exec --if-missing wait waits for the client, and runs', async () => {
    await stratum(WITH);
    const waiting = world.start(['exec', '--if-missing', 'wait', BMN, 'echo', 'a'], {
      JCDS_CVMFS_ROOT: root,
    });
    await waiting.said('published; waiting for the CVMFS client of this host');
    const files = smallImage(singularityRecord({ from: BMN }));
    makeOsgRepository(join(root, JINR), { [IMAGE]: { files } });
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/<echo>\n<a>\n$/) });
  });

  test('where no server answers, nobody is asked either: 75', async () => {
    named(`${await closedPort()}/cvmfs/@fqrn@`);
    for (const words of [
      ['request', BMN],
      ['exec', '--if-missing', 'wait', BMN, 'true'],
    ]) {
      const { code, stderr } = await jcds(words);
      expect([words[0], code]).toEqual([words[0], 75]);
      expect(stderr).toContain('whether there is a newer one is not known');
    }
  });

  test('a host without a mount looks into the newest revision too', async () => {
    await stratum(WITH);
    const ran = await jcds(['request', BMN], { JCDS_CVMFS_ROOT: join(world.folder, 'nowhere') });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`${BMN}: published: `);
  });

  afterEach(() => {
    expect(world.forge.log).toEqual([]);
    expect(world.registryHeard).toEqual([]);
  });
});

test('what the newest revision has not is asked for as ever', async () => {
  await stratum(TREE);
  expect(await jcds(['request', BMN])).toMatchObject({ code: 0, stdout: expect.stringContaining('opened') });
});

test('exec without a terminal never asks a server', async () => {
  const server = await stratum(WITH);
  expect(await jcds(['exec', BMN, 'true'])).toMatchObject({ code: 125, stdout: '' });
  expect(server.requests).toEqual([]);
});

test('a job asks no server, but its own client: one that should have looked by now may lack it: 75', async () => {
  const server = await stratum(WITH);
  setAttributes(join(root, JINR), { expires: '-5' });
  const said = `${JINR}: ${BMN} is not in revision 2, which this client shows; whether there is a newer one is not known: it should have looked for one by now`;
  for (const words of [
    ['exec', BMN, 'true'],
    ['run', BMN],
    ['wrap', BMN],
  ]) {
    const { code, stderr } = await jcds(words);
    expect([words[0], code, stderr.split('\n')[0]]).toEqual([words[0], 75, `jcds: ${said}`]);
  }
  const byPath = await jcds(['exec', `/cvmfs/${JINR}/${IMAGE}`, 'true']);
  expect([byPath.code, byPath.stderr]).toEqual([75, expect.stringContaining('is not in revision 2')]);
  expect(await jcds(['exec', 'debian:12', 'true'])).toMatchObject({ code: 0 });
  expect(server.requests).toEqual([]);
});

test('run at a terminal asks once: 75', async () => {
  const server = await stratum(WITH);
  for (const words of [
    ['run', BMN],
    ['run', '--if-missing', 'fail', BMN],
  ]) {
    const { code, text } = await world.atTerminal(words, { JCDS_CVMFS_ROOT: root }).ended;
    expect([words.length, code]).toEqual([words.length, 75]);
    expect(text).toContain(`jcds: ${BEHIND}`);
  }
  expect(server.requests).not.toEqual([]);
});

test('an image that the newest revision has lost is told by status', async () => {
  await stratum({ '.images/ab': { directory: true } });
  const { code, stdout } = await jcds(['status', '--json', 'debian:12']);
  const [{ state, findings, newest }] = JSON.parse(stdout);
  expect([code, state, newest]).toEqual([0, 'published', false]);
  expect(findings).toMatchObject([
    {
      code: 'removed',
      message: expect.stringContaining('it was removed in revision 3 or before'),
      verified: true,
    },
  ]);
});

test('a revision that no client takes, since its whitelist expired, is not waited for', async () => {
  await stratum(WITH, 3, { created: '20200101000000', expires: '20200201000000' });
  const { code, stdout } = await jcds(['status', '--json', BMN]);
  expect(code).toBe(75);
  const [{ findings }] = JSON.parse(stdout);
  expect(findings).toMatchObject([
    {
      code: 'stale-client',
      message: expect.stringContaining(
        `but no client takes it, since the whitelist of ${JINR} expired on 2020-02-01`,
      ),
      hint: expect.stringMatching(/operators must sign the whitelist again$/),
    },
  ]);
});

test('wait notices what a remount by hand shows within seconds', async () => {
  await stratum(WITH);
  setAttributes(join(root, JINR), { expires: '30' });
  const waiting = world.start(['wait', '--timeout', '20m', BMN], { JCDS_CVMFS_ROOT: root });
  await waiting.said('looks again in 30 min');
  const real = makeOsgRepository(join(root, JINR), { [IMAGE]: { files: GOOD } });
  setAttributes(join(root, JINR), { revision: '3' });
  // The link leads below /cvmfs, which this root is not.
  expect(await waiting.ended).toMatchObject({ code: 0, stdout: `${real[IMAGE]}\n` });
});

test('without a mount a link with CVMFS_ARCH leads where it leads clients on this machine: by uname(2)', async () => {
  const name = 'registry.hub.docker.com/library/debian:12';
  const flat = (digit: string) => `.flat/${digit.repeat(2)}/${digit.repeat(64)}`;
  await stratum({
    [flat('a')]: { directory: true },
    [flat('b')]: { directory: true },
    [`.multiarch/i686/${name}`]: { link: `../../../../${flat('b')}` },
    [`.multiarch/amd64/${name}`]: { link: `../../../../${flat('a')}` },
    [name]: { link: `../../.multiarch/$(CVMFS_ARCH:-amd64)/${name}` },
  });
  const words = ['resolve', '--no-mount', '--json', 'debian:12'];
  // As on a machine whose `uname -m` says i686.
  const { code, stdout } = await world.start(words, { CVMFS_ARCH: 'amd64' }, ['setarch', 'i686']).ended;
  const { state, target } = JSON.parse(stdout);
  expect([code, state, target]).toEqual([0, 'published', expect.stringContaining(flat('b'))]);
});

describe('what a proxy keeps', () => {
  const NOWHERE = { JCDS_CVMFS_ROOT: '/nowhere' };

  test('is passed by for status, and for what is missing; else its age is told', async () => {
    const server = await stratum(WITH);
    server.age = 61;
    const listed = await jcds(['list', '-v'], NOWHERE);
    expect(listed.code).toBe(0);
    expect(listed.stderr).toContain('a proxy had kept this for 61 s: jcds status asks the server itself');
  });

  test('a squid that has the revision before is asked to ask the server', async () => {
    const server = await stratum(TREE, 2);
    const kept = new Map(publishTree(JINR, TREE, { revision: 2, whitelist: FOR_EVER }));
    const fresh = publishTree(JINR, WITH, { revision: 3, whitelist: FOR_EVER });
    // As a proxy: whoever does not insist gets what was kept.
    const squid = createServer((incoming, outgoing) => {
      const path = new URL(incoming.url ?? '/', server.origin).pathname.replace(/^\/cvmfs\//, '');
      const insists = incoming.headers['cache-control'] === 'no-cache';
      const bytes =
        path.endsWith('.cvmfspublished') && !insists ? kept.get(path) : (fresh.get(path) ?? kept.get(path));
      if (bytes === undefined) outgoing.writeHead(404).end();
      else outgoing.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    });
    await new Promise<void>(resolve => squid.listen(0, '127.0.0.1', resolve));
    try {
      named(`http://127.0.0.1:${(squid.address() as AddressInfo).port}/cvmfs/@fqrn@`);
      const { code, stdout } = await jcds(['status', '--json', BMN]);
      expect([code, JSON.parse(stdout)[0].revision]).toMatchObject([75, { client: 2, server: 3 }]);
      expect(await jcds(['resolve', BMN])).toEqual(LATER);
      const path = `/nowhere/${JINR}/${IMAGE}\n`;
      expect(await jcds(['resolve', '--no-mount', BMN], NOWHERE)).toMatchObject({ code: 0, stdout: path });
    } finally {
      squid.closeAllConnections();
      await new Promise(resolve => squid.close(resolve));
    }
  });
});
