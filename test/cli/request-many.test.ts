import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { publish } from '../cvmfs/http/generator.ts';
import { serve, type TestServer } from '../cvmfs/http/server.ts';
import type { FakeMergeRequest } from '../requests/fake-gitlab-state.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { attributeDirectory, JINR, setAttributes } from '../status/setting.ts';
import { Program, page, printed, World } from './request-setting.ts';

// Whole processes, and everything that happens between the request and the image.
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

const open = () => world.forge.requests.filter(({ state }) => state === 'opened');
const canBeMerged = (request: FakeMergeRequest) => world.forge.merged(request) !== null;

test('20 images at once: 20 requests; after each merge the ones in conflict are rebuilt on the new head', async () => {
  // Five groups, so that some merges stand in the way of others and some do not.
  const images = Array.from({ length: 20 }, (_, index) => [`group${index % 5}/tool`, `${index}`] as const);
  for (const image of images) world.has(...image);
  world.configure({ waitInterval: 2 });
  const names = images.map(([repository, tag]) => `git.jinr.ru:5005/${repository}:${tag}`);
  let merged = 0;
  let conflicts = 0;
  // The maintainer merges one that can be merged whenever the forge is asked anything, once all have been asked for.
  world.forge.interfere = () => {
    if (world.forge.requests.length < names.length) return undefined;
    const next = open().find(canBeMerged);
    if (next === undefined) return undefined;
    world.forge.merge(next);
    merged += 1;
    conflicts += open().filter(request => !canBeMerged(request)).length;
    const name = next.title.replace('Add git.jinr.ru:5005/', '');
    world.publish(name, `git.jinr.ru:5005/${name}`);
    return undefined;
  };
  const ended = await Promise.all(names.map(name => world.jcds(['request', '--wait', '-q', name])));
  expect(ended.map(({ code }) => code)).toEqual(names.map(() => 0));
  for (const [index, { stdout }] of ended.entries())
    expect(stdout).toMatch(
      new RegExp(
        `^${names[index]}: merge request !\\d+ opened: \\S+\\n${names[index]}: published: ${world.cvmfs}/\\S+\\n$`,
      ),
    );
  expect([merged, world.forge.requests.length]).toEqual([20, 20]);
  // Had nothing been in conflict, nothing would have been shown.
  expect(conflicts).toBeGreaterThan(0);
  const list = world.forge.text(world.upstream, 'docker_images.txt').split('\n');
  expect(list.filter(line => line.includes('/group')).sort()).toEqual([...names].sort());
}, 120_000);

test('`request` of all of them again rebuilds what a merge has brought into conflict', async () => {
  const tags = ['1', '2', '3', '4'];
  for (const tag of tags) world.has('nica/docker-images/bmn', tag);
  const names = tags.map(tag => `git.jinr.ru:5005/nica/docker-images/bmn:${tag}`);
  await world.jcds(['request', ...names]);
  world.forge.merge(world.forge.requests[1]!);
  expect(open().filter(canBeMerged)).toEqual([]);
  const { code, stdout } = await world.jcds(['request', ...names]);
  expect([code, stdout.split('\n')]).toEqual([
    0,
    [
      `${names[0]}: asked for already by you: merge request !1 ${page(world, 1)} (rebuilt on the list as it is now)`,
      expect.stringContaining(`${names[1]}: in the list of ${JINR} already`),
      ...[3, 4].map(
        iid =>
          `${names[iid - 1]}: asked for already by you: merge request !${iid} ${page(world, iid)} (rebuilt on the list as it is now)`,
      ),
      '',
    ],
  ]);
  expect(open().every(canBeMerged)).toBe(true);
  expect(open().map(request => world.forge.changes(request, 'docker_images.txt'))).toEqual(
    [0, 2, 3].map(index => ({ removed: [], added: [`${names[index]}\n`] })),
  );
});

test('a newer revision at the server than this client shows: `requests` and --wait tell it', async () => {
  // A mount says its revision by attributes, which not every /tmp keeps.
  const root = attributeDirectory();
  cpSync(join(world.cvmfs, JINR), join(root, JINR), { recursive: true });
  setAttributes(join(root, JINR), { revision: '811', expires: '3', fqrn: JINR });
  const server: TestServer = await serve(publish({ name: JINR, revision: 812 }));
  try {
    const { origin } = world.forge;
    const wishlist = { host: origin, path: 'docker_images.txt' };
    world.configure({ services: { [JINR]: { servers: [server.template], proxies: 'DIRECT', wishlist } } });
    const env = { JCDS_CVMFS_ROOT: root };
    const waiting = world.start(['request', '--wait', BMN], env);
    await waiting.said('waiting for the operators');
    world.forge.merge(world.forge.requests[0]!);
    const sentence = 'the server is at revision 812, this client at 811 and looks again in 3 min';
    await waiting.said(sentence);
    const shown = await world.jcds(['requests'], env);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toContain('merged: newer revision at the server');
    expect(shown.stdout).toContain(sentence);
    const [line] = (await world.jcds(['requests', '--json'], env)).stdout.split('\n');
    expect(JSON.parse(line!)).toMatchObject({ stage: 'newer-at-server', detail: sentence });
    // The client has looked.
    const path = world.publish('nica/docker-images/bmn:24.12', BMN);
    cpSync(join(world.cvmfs, JINR, '.images'), join(root, JINR, '.images'), { recursive: true });
    cpSync(join(world.cvmfs, JINR, 'nica'), join(root, JINR, 'nica'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    setAttributes(join(root, JINR), { revision: '812' });
    expect(path).toBe(join(world.cvmfs, JINR, 'nica/docker-images/bmn:24.12'));
    const { code, stdout } = await waiting.ended;
    expect([code, stdout.split('\n')[1]]).toEqual([
      0,
      `${BMN}: published: ${join(root, JINR, 'nica/docker-images/bmn:24.12')}`,
    ]);
    expect((await world.jcds(['requests', '--all'], env)).stdout).toContain('visible here');
  } finally {
    await server.close();
  }
});
