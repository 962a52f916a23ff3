import { realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findCommandInImage, findImage, readImage } from '../../src/cvmfs/look-at-image.ts';
import type { Published } from '../../src/cvmfs/publication.ts';
import type { CommandQuestion } from '../../src/rootfs/find-command.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { elf, temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { lookContext, named, search } from './look-setting.ts';

const JINR = 'containers.jinr.ru';
const root = realpathSync(temporaryDirectory());
/** A context whose child cannot start: whatever it answers comes from memory. */
const alone = (context: ReturnType<typeof lookContext>) => ({ ...context, self: ['/nonexistent'] });

beforeAll(() => {
  makeOsgRepository(join(root, JINR), {
    'library/whole:1': {
      files: {
        'bin/sh': { program: elf() },
        'bin/cat': { program: elf() },
        'etc/mtab': { link: '../proc/mounts' },
        '.singularity.d/env/10-docker2singularity.sh': 'export A="${A:-"1"}"\n',
        '.singularity.d/runscript': `OCI_ENTRYPOINT=''\nOCI_CMD=''\n`,
      },
    },
    'library/file:1': { content: 'hsqs' },
  });
});

const whole = (context: ReturnType<typeof lookContext>, listings: readonly string[] = []) =>
  findImage(named('whole:1'), search(root, [JINR]), listings, context);

test('an image is read by a child once; then a shell and the memory are enough', async () => {
  const context = lookContext();
  const first = await whole(context);
  expect(first.publication.state).toBe('published');
  expect(first.facts).toMatchObject({ config: { env: [['A', '1']] }, directories: {}, hasShell: true });
  expect(await whole(alone(context))).toEqual(first);
});

test('a listing that is not remembered is read, and keeps those that are', async () => {
  const context = lookContext();
  await whole(context, ['/']);
  expect(await whole(alone(context), ['/', '/etc'])).toMatchObject({
    facts: null,
    publication: { state: 'unreachable', repository: JINR },
  });
  const { facts } = await whole(context, ['/etc']);
  expect(Object.keys(facts!.directories).sort()).toEqual(['/', '/etc']);
  expect(facts!.directories['/etc']).toEqual([{ name: 'mtab', kind: 'link', target: '../proc/mounts' }]);
  expect((await whole(alone(context), ['/', '/etc'])).facts).toEqual(facts);
});

const CAT: CommandQuestion = {
  word: 'cat',
  searchPath: '/usr/bin:/bin',
  cwd: '/',
  mounts: [],
  architectures: ['amd64'],
};

test('a command that was found is remembered with its PATH; one that was not found is looked for again', async () => {
  const context = lookContext();
  const published = (await whole(context)).publication as Published;
  const ask = (question: Partial<CommandQuestion>, where = context) =>
    findCommandInImage(published, { ...CAT, ...question }, 20, where);
  const found = { command: { state: 'found', path: '/bin/cat' } };
  expect(await ask({})).toEqual(found);
  expect(await ask({}, alone(context))).toEqual(found);
  expect(await ask({ searchPath: '/bin' }, alone(context))).toMatchObject({ state: 'unreachable' });
  expect(await ask({ mounts: [{ source: '/tmp', destination: '/bin' }] }, alone(context))).toMatchObject({
    state: 'unreachable',
  });
  expect(await ask({ mounts: [{ source: '/nonexistent', destination: '/bin' }] })).toEqual({
    command: { state: 'notFound' },
  });
  expect(await ask({ word: 'dog' })).toEqual({ command: { state: 'notFound' } });
  expect(await ask({ word: 'dog' }, alone(context))).toMatchObject({ state: 'unreachable' });
  expect((await whole(alone(context))).facts).not.toBeNull();
});

test('an image file has no facts; an image that is missing has none either', async () => {
  const context = lookContext();
  expect(await findImage(named('file:1'), search(root, [JINR]), [], context)).toMatchObject({
    publication: { state: 'published', kind: 'file' },
    facts: null,
  });
  expect(await findImage(named('nosuch:1'), search(root, [JINR]), [], context)).toMatchObject({
    publication: { state: 'missing' },
    facts: null,
  });
});

test('an image that vanished after it was found is unreachable, not an image without facts', async () => {
  const context = lookContext();
  const published = (await whole(context)).publication as Published;
  renameSync(published.target, `${published.target}.away`);
  rmSync(context.home, { recursive: true });
  try {
    expect(await readImage(published, [], 20, context)).toEqual({
      state: 'unreachable',
      reason: {
        code: 'SYSTEM_ERROR',
        detail: `looking at ${published.target} failed (ENOENT)`,
        hint: expect.any(String),
      },
    });
  } finally {
    renameSync(`${published.target}.away`, published.target);
  }
});
