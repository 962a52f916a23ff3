import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openForAll } from '../../src/service/open-for-all.ts';
import { makeIndex } from '../registry/images.ts';
import { reply } from '../registry/server.ts';
import { fileImage, treeImage } from './images.ts';
import { codeOf, doneIn, rowsOf, Service } from './service.ts';
import { DAY, HOUR } from './situations.ts';

let service: Service;
beforeEach(async () => {
  service = await new Service().start();
});
afterEach(() => service.stop());

const mode = (path: string) => (lstatSync(join(service.place, path)).mode & 0o7777).toString(8);
const directories = () =>
  readdirSync(join(service.place, '.images')).flatMap(two =>
    readdirSync(join(service.place, '.images', two)),
  );

test('a list is published; the next cycle asks one HEAD a tag and does nothing', async () => {
  service.push('a/b:1', fileImage('one'));
  service.push('c/d:2', fileImage('two'));
  const list = service.list('a/b:1', 'c/d:2');
  const first = await service.cycle(list);
  expect([doneIn(first), codeOf(first)]).toEqual([['convert', 'convert'], 0]);
  expect([service.read('a/b:1/file'), service.read('c/d:2/file')]).toEqual(['one', 'two']);
  expect(service.read('a/b:1/.singularity.d/Singularity')).toContain(
    `bootstrap: docker\nfrom: ${service.server.host}/a/b:1\n`,
  );
  const second = await service.cycle(list);
  expect([doneIn(second), codeOf(second), service.asked]).toEqual([[], 0, { 'HEAD manifests': 2 }]);
});

test('a dry run says what is done then, and does nothing', async () => {
  service.push('a/b:1', fileImage('one'));
  const list = service.list('a/b:1');
  const { steps, status } = await service.cycle(list, { isDry: true });
  expect([status, existsSync(service.place), service.asked]).toEqual([null, false, { 'HEAD manifests': 1 }]);
  const done = await service.cycle(list);
  expect(done.steps).toEqual(steps);
});

describe('a tag that was moved', () => {
  test('leads to the new image, and the old one goes two days later', async () => {
    const list = service.list('a/b:1', 'a/b:2');
    service.push('a/b:1', fileImage('old'));
    service.push('a/b:2', fileImage('other'));
    await service.cycle(list);
    const old = readlinkSync(join(service.place, 'a/b:1'));
    service.push('a/b:1', fileImage('new'));
    const moved = await service.cycle(list);
    expect(doneIn(moved)).toEqual(['convert']);
    expect(service.read('a/b:1/file')).toBe('new');
    expect(JSON.parse(service.read('.missing_links.json')).missing_links).toEqual({
      [old.replace('../', '')]: service.now / 1000,
    });
    service.now += 2 * DAY - 1000;
    expect(doneIn(await service.cycle(list))).toEqual([]);
    service.now += 1000;
    expect(doneIn(await service.cycle(list))).toEqual(['delete']);
    expect(existsSync(join(service.place, 'a', old))).toBe(false);
    expect(JSON.parse(service.read('.missing_links.json')).missing_links).toEqual({});
  });

  test('and back is one link, and nothing is fetched', async () => {
    const [one, two] = [fileImage('one'), fileImage('two')];
    const list = service.list('a/b:1');
    for (const image of [one, two]) {
      service.push('a/b:1', image);
      await service.cycle(list);
    }
    service.push('a/b:1', one);
    expect(doneIn(await service.cycle(list))).toEqual(['relink']);
    expect([service.read('a/b:1/file'), service.asked]).toEqual(['one', { 'HEAD manifests': 1 }]);
  });

  test('while an image is made: that of the plan is made, and the next cycle makes the new one', async () => {
    const list = service.list('a/b:1');
    service.push('a/b:1', fileImage('planned'));
    service.handle = (heard, response, request) => {
      service.registry.handle(heard, response, request);
      if (heard.method === 'HEAD') service.push('a/b:1', fileImage('newer'));
    };
    await service.cycle(list);
    expect(service.read('a/b:1/file')).toBe('planned');
    await service.cycle(list);
    expect(service.read('a/b:1/file')).toBe('newer');
  });
});

test('an index that is pushed anew with the same image is no new image, also where that was to be deleted', async () => {
  const image = fileImage('one');
  const list = service.list('x/y:1', 'a/b:1');
  service.push('x/y:1', fileImage('other'));
  service.push('a/b:1', image, makeIndex([image]));
  await service.cycle(list);
  service.push('a/b:1', image, makeIndex([image, fileImage('of another platform')]));
  const again = await service.cycle(list);
  expect([doneIn(again), directories().length]).toEqual([['convert'], 2]);
  const { ino } = lstatSync(join(service.place, 'a', readlinkSync(join(service.place, 'a/b:1'))));
  await service.cycle(service.list('x/y:1'));
  service.now += 3 * DAY;
  service.push('a/b:1', image, makeIndex([image, image, image]));
  const back = await service.cycle(list);
  expect([back.steps.map(({ kind }) => kind), doneIn(back)]).toEqual([
    ['keep', 'convert', 'delete'],
    ['convert'],
  ]);
  expect(lstatSync(join(service.place, 'a', readlinkSync(join(service.place, 'a/b:1')))).ino).toBe(ino);
});

test('what the list names no more loses its link', async () => {
  for (const tag of ['1', '2', '3']) service.push(`a/b:${tag}`, fileImage(tag));
  await service.cycle(service.list('a/b:1', 'a/b:2', 'a/b:3'));
  const cycle = await service.cycle(service.list('a/b:1', 'a/b:3'));
  expect(doneIn(cycle)).toEqual(['unlink']);
  expect(readdirSync(join(service.place, 'a'))).toEqual(['b:1', 'b:3']);
  expect(directories().length).toBe(3);
});

describe('a registry that cannot be seen', () => {
  test.each([
    ['fails', 503],
    ['takes no more requests', 429],
  ])('it %s: everything stays, and later is the time', async (_what, status) => {
    const list = service.list('a/b:1', 'a/b:2');
    service.push('a/b:1', fileImage('one'));
    await service.cycle(service.list('a/b:1'));
    service.handle = (_heard, response) => reply(response, status);
    for (let cycle = 0; cycle < 5; cycle += 1) {
      service.now += DAY;
      const seen = await service.cycle(list, { removeGone: true });
      expect([doneIn(seen), codeOf(seen)]).toEqual([[], 75]);
    }
    expect(service.read('a/b:1/file')).toBe('one');
  });
});

test('an image that is gone is taken away in the third cycle over a day, where that is wanted', async () => {
  const list = service.list('a/b:1', 'a/b:2');
  service.push('a/b:1', fileImage('one'));
  service.push('a/b:2', fileImage('two'));
  await service.cycle(list);
  service.registry.manifests.delete('a/b 1');
  for (const pass of [0, 13 * HOUR, 10 * HOUR]) {
    service.now += pass;
    const kept = await service.cycle(list, { removeGone: true });
    expect([rowsOf(kept), codeOf(kept)]).toEqual([
      [
        [1, 'kept', 'absent'],
        [2, 'published', null],
      ],
      0,
    ]);
  }
  // A cycle that sees nothing neither counts nor ends the count.
  service.handle = (_heard, response) => reply(response, 503);
  expect(codeOf(await service.cycle(list, { removeGone: true }))).toBe(75);
  service.handle = service.registry.handle;
  service.now += HOUR;
  expect(doneIn(await service.cycle(list))).toEqual([]);
  service.now += HOUR;
  const gone = await service.cycle(list, { removeGone: true });
  expect([doneIn(gone), rowsOf(gone), codeOf(gone)]).toEqual([
    ['unlink'],
    [
      [1, 'missing', 'absent'],
      [2, 'published', null],
    ],
    1,
  ]);
  service.push('a/b:1', fileImage('one'));
  expect(doneIn(await service.cycle(list))).toEqual(['link']);
});

describe('an image that cannot be made', () => {
  const bad = treeImage([{ name: 'x', type: '1', link: 'not/there' }]);

  test('stops no other, and is not fetched again for a day unless its tag moves or somebody says so', async () => {
    const list = service.list('a/b:1', 'a/b:2', 'a/b:3');
    service.push('a/b:1', fileImage('one'));
    service.push('a/b:2', bad);
    service.push('a/b:3', fileImage('three'));
    const first = await service.cycle(list);
    const rows = [
      [1, 'published', null],
      [2, 'missing', 'LAYER_INVALID'],
      [3, 'published', null],
    ];
    expect([rowsOf(first), codeOf(first)]).toEqual([rows, 1]);
    const second = await service.cycle(list);
    expect([rowsOf(second)[1], codeOf(second), service.asked]).toEqual([
      [2, 'missing', 'failed-before'],
      1,
      { 'HEAD manifests': 3 },
    ]);
    expect(second.status!.images[1]!.reason!.text).toBe(first.status!.images[1]!.reason!.text);
    expect(rowsOf(await service.cycle(list, { again: true }))[1]).toEqual(rows[1]);
    service.push('a/b:2', fileImage('mended'));
    expect(doneIn(await service.cycle(list))).toEqual(['convert']);
    expect(service.pauses).toEqual([]);
  });

  test('leaves what was published under its name', async () => {
    service.push('a/b:1', fileImage('good'));
    await service.cycle(service.list('a/b:1'));
    service.push('a/b:1', bad);
    const cycle = await service.cycle(service.list('a/b:1'));
    expect(rowsOf(cycle)).toEqual([[1, 'kept', 'LAYER_INVALID']]);
    expect([service.read('a/b:1/file'), directories().length]).toEqual(['good', 1]);
    service.now += 9 * DAY;
    await service.cycle(service.list('a/b:1'));
    expect(service.read('a/b:1/file')).toBe('good');
  });

  test('because the registry fails for a moment is tried again, with pauses that grow', async () => {
    service.push('a/b:1', fileImage('one'));
    let failures = 0;
    service.handle = (heard, response, request) =>
      heard.url.includes('/blobs/') && failures++ < 6
        ? reply(response, 500)
        : service.registry.handle(heard, response, request);
    const cycle = await service.cycle(service.list('a/b:1'));
    expect(codeOf(cycle)).toBe(0);
    const growing = service.pauses.every((pause, at) => at === 0 || pause > service.pauses[at - 1]!);
    expect([service.pauses.length > 0, growing]).toEqual([true, true]);
  });

  test('because the registry fails all the time is a matter for later', async () => {
    service.push('a/b:1', fileImage('one'));
    service.handle = (heard, response, request) =>
      heard.url.includes('/blobs/')
        ? reply(response, 500)
        : service.registry.handle(heard, response, request);
    const cycle = await service.cycle(service.list('a/b:1'));
    expect([rowsOf(cycle), codeOf(cycle), service.pauses.length]).toEqual([
      [[1, 'missing', 'REGISTRY_FAILED']],
      75,
      3,
    ]);
    expect(readdirSync(join(service.place, '.jcds/tmp'))).toEqual([]);
    service.handle = service.registry.handle;
    expect(codeOf(await service.cycle(service.list('a/b:1')))).toBe(0);
  });
});

describe('what CVMFS would not show as it is', () => {
  test('closed files and directories are opened for all, and counted; writing is not for others', async () => {
    const entries = [
      { name: 'etc/', mode: 0o700 },
      { name: 'etc/secret', mode: 0o600, content: 'x' },
      { name: 'etc/run', mode: 0o4700, content: 'x' },
      { name: 'tmp/', mode: 0o1777 },
      { name: 'open', mode: 0o644, content: 'x' },
    ];
    service.push('a/b:1', treeImage(entries));
    const { steps, results } = await service.cycle(service.list('a/b:1'));
    const modes = ['etc', 'etc/secret', 'etc/run', 'tmp', 'open', ''].map(name => mode(`a/b:1/${name}`));
    expect(modes).toEqual(['755', '644', '755', '1755', '644', '755']);
    const result = results.get(steps[0]!);
    expect(result).toMatchObject({ state: 'done', made: { opened: 3 } });
  });

  test('a link that clients expand makes an image that is not published', async () => {
    service.push('a/b:1', treeImage([{ name: 'x', type: '2', link: '/home/$(USER)/x' }]));
    const { status } = await service.cycle(service.list('a/b:1'));
    const text = 'the link x holds $(, which clients of CVMFS expand: /home/$(USER)/x';
    expect(status!.images[0]).toMatchObject({
      state: 'missing',
      reason: { kind: 'IMAGE_UNPUBLISHABLE', text: expect.stringContaining(text), isPassing: false },
    });
    expect(existsSync(join(service.place, '.images'))).toBe(false);
  });

  test('nor is one with a name that publishing takes for a deletion', async () => {
    const root = join(service.folder, 'root');
    mkdirSync(join(root, 'a'), { recursive: true });
    writeFileSync(join(root, 'a/.wh.x'), '');
    await expect(openForAll(root, 'image')).rejects.toMatchObject({
      code: 'IMAGE_UNPUBLISHABLE',
      message: 'image cannot be published: a/.wh.x has the name of a deletion',
    });
  });
});

test('two names of one content are made once', async () => {
  const image = fileImage('one');
  for (const tag of ['1', '2', '3']) service.push(`a/b:${tag}`, image);
  const cycle = await service.cycle(service.list('a/b:1', 'a/b:2', 'a/b:3'));
  expect([codeOf(cycle), directories().length, service.asked['GET blobs']]).toEqual([0, 1, 2]);
  expect(readdirSync(join(service.place, 'a'))).toEqual(['b:1', 'b:2', 'b:3']);
});

test('another image with one place, and a line that is not clear: nothing of theirs is touched', async () => {
  const { port } = new URL(service.server.origin);
  service.push('a/b:1', fileImage('one'));
  service.push('c/d:1', fileImage('two'));
  await service.cycle(service.list('a/b:1', 'c/d:1'));
  service.push('a/b:1', fileImage('newer'));
  const cycle = await service.cycle(`${service.list('a/b:1')}localhost:${port}/a/b:1\nnot a line\n`);
  expect([doneIn(cycle), rowsOf(cycle), codeOf(cycle)]).toEqual([
    [],
    [
      [1, 'missing', 'unclear'],
      [2, 'missing', 'unclear'],
      [3, 'missing', 'unclear'],
    ],
    1,
  ]);
  expect([service.read('a/b:1/file'), service.read('c/d:1/file')]).toEqual(['one', 'two']);
});

describe('refused before anything is changed', () => {
  const names = Array.from({ length: 8 }, (_, at) => `a/b:${at}`);
  const before = async () => {
    for (const name of names) service.push(name, fileImage(name));
    await service.cycle(service.list(...names));
    return service.read('.jcds/status.json');
  };

  test('a list without images, and one of less than half', async () => {
    const status = await before();
    for (const text of ['', '# nothing\n', service.list(...names.slice(0, 3))])
      await expect(service.cycle(text)).rejects.toMatchObject({ code: 'LIST_SUSPECT', exitCode: 2 });
    expect([service.read('.jcds/status.json'), service.asked]).toEqual([status, {}]);
  });

  test('a plan that takes too much away: the plan is told, and goes on where that is allowed', async () => {
    const others = names.map(name => name.replace('a/', 'c/'));
    for (const name of others) service.push(name, fileImage(name));
    const status = await before();
    const list = service.list(...others);
    await expect(service.cycle(list)).rejects.toMatchObject({
      code: 'MASS_REMOVAL',
      message: '8 of the 8 published names would be removed',
    });
    expect(service.plans.at(-1)!.filter(({ kind }) => kind === 'unlink').length).toBe(8);
    expect(service.read('.jcds/status.json')).toBe(status);
    expect(
      doneIn(await service.cycle(list, { allowsMassRemoval: true })).filter(kind => kind === 'unlink').length,
    ).toBe(8);
  });

  test('records that nobody here has written', async () => {
    await before();
    writeFileSync(join(service.place, '.jcds/manifests.json'), '{"half');
    await expect(service.cycle(service.list(...names))).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
    rmSync(join(service.place, '.jcds/manifests.json'));
    const cycle = await service.cycle(service.list(...names));
    expect([codeOf(cycle), directories().length]).toEqual([0, 8]);
  });
});

test('content that a killed cycle has made is linked, not made again', async () => {
  service.push('a/b:1', fileImage('one'));
  const list = service.list('a/b:1');
  await service.cycle(list);
  const content = join(service.place, 'a', readlinkSync(join(service.place, 'a/b:1')));
  const { ino } = lstatSync(content);
  unlinkSync(join(service.place, 'a/b:1'));
  rmSync(join(service.place, '.jcds'), { recursive: true });
  const cycle = await service.cycle(list);
  expect([doneIn(cycle), codeOf(cycle), lstatSync(content).ino]).toEqual([['convert'], 0, ino]);
});

test('a repository that OSG’s own software has filled: its links count, what leads nowhere is made again', async () => {
  const content = (byte: string) => `.images/${byte}/${byte.repeat(31)}`;
  for (const byte of ['aa', 'bb', 'cc']) mkdirSync(join(service.place, content(byte)), { recursive: true });
  mkdirSync(join(service.place, 'a'));
  const link = (name: string, directory: string) =>
    symlinkSync(`/cvmfs/images.example.org/${directory}`, join(service.place, name));
  link('a/b:kept', content('aa'));
  link('a/b:unlisted', content('bb'));
  link('a/b:lost', content('dd'));
  writeFileSync(
    join(service.place, '.missing_links.json'),
    JSON.stringify({ missing_links: { [content('cc')]: service.now / 1000 - 172_800.5 } }),
  );
  for (const tag of ['kept', 'lost']) service.push(`a/b:${tag}`, fileImage(tag));
  const cycle = await service.cycle(service.list('a/b:kept', 'a/b:lost'));
  expect(doneIn(cycle)).toEqual(['convert', 'convert', 'unlink', 'delete']);
  expect([service.read('a/b:kept/file'), service.read('a/b:lost/file')]).toEqual(['kept', 'lost']);
  expect(existsSync(join(service.place, content('cc')))).toBe(false);
  expect(Object.keys(JSON.parse(service.read('.missing_links.json')).missing_links)).toEqual([
    content('aa'),
    content('bb'),
  ]);
});

test('the status that is left tells each line, since when it is so, and when the next cycle is', async () => {
  service.push('a/b:1', fileImage('one'));
  const list = service.list('a/b:1', 'a/b:2');
  await service.cycle(list);
  const since = new Date(service.now).toISOString();
  service.now += HOUR;
  const { images, ...head } = (await service.cycle(list)).status!;
  const [began, next] = [service.now, service.now + 900_000].map(time => new Date(time).toISOString());
  expect(head).toEqual({ jcds: '1', platform: 'linux/amd64', began, ended: began, next, listed: 2 });
  expect(images).toMatchObject([
    { line: 1, text: `${service.server.host}/a/b:1`, path: 'a/b:1', state: 'published', reason: null, since },
    {
      line: 2,
      path: 'a/b:2',
      state: 'missing',
      reason: { kind: 'absent' },
      digest: null,
      directory: null,
      since,
    },
  ]);
  expect(`${readlinkSync(join(service.place, 'a/b:1'))}`).toBe(`../${images[0]!.directory}`);
  expect(JSON.parse(service.read('.jcds/status.json'))).toMatchObject({ ...head, images });
});
