import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentScript } from '../../src/conversion/environment-script.ts';
import { inspectImage } from '../../src/rootfs/inspect.ts';
import { makeTar, type TestEntry } from '../archive/make-tar.ts';
import { AWKWARD } from './awkward-values.ts';
import { imageOf, Scratch } from './scratch.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const ORIGIN = { bootstrap: 'docker', from: 'git.jinr.ru:5005/a/b:1' } as const;

test('no link of an image leads what jcds adds out of the root', async () => {
  const before = scratch.outside();
  const victim = `${scratch.at}/host/victim`;
  const link = (name: string, to: string): TestEntry => ({ name, type: '2', link: to });
  const layer = makeTar([
    link('.singularity.d', `${scratch.at}/host`),
    link('etc', `${scratch.at}/host`),
    link('dev', `${scratch.at}/host`),
    link('.run', victim),
    { name: 'singularity/' },
  ]);
  const { tree, error } = await scratch.convert(imageOf([layer]), {}, ORIGIN);
  expect(error).toBe(null);
  expect(scratch.outside()).toEqual(before);
  const host = `${scratch.at.slice(1)}/host`;
  expect(tree).toContain(`l .singularity.d -> /${host}`);
  expect(tree).toContain(`l dev -> /${host}`);
  expect(tree).toContain('l .run -> .singularity.d/actions/run');
  expect(tree).toContain('d 755 singularity');
  expect(tree!.filter(line => line.includes(`${host}/`)).length).toBeGreaterThan(15);
});

test('files of an image in the place of what jcds adds: links are replaced, what mounts need stays', async () => {
  const victim = `${scratch.at}/host/victim`;
  const layer = makeTar([
    { name: '.singularity.d/runscript', type: '2', link: victim },
    { name: '.singularity.d/actions/', mode: 0o555 },
    { name: 'etc/resolv.conf', type: '2', link: victim },
    { name: 'etc/hosts', content: '127.0.0.1 localhost\n' },
  ]);
  const before = scratch.outside();
  await scratch.convert(imageOf([layer]), {}, ORIGIN);
  expect(scratch.outside()).toEqual(before);
  expect(lstatSync(join(scratch.root, '.singularity.d/runscript')).isFile()).toBe(true);
  expect(readlinkSync(join(scratch.root, 'etc/resolv.conf'))).toBe(victim);
  expect(readFileSync(join(scratch.root, 'etc/hosts'), 'utf8')).toBe('127.0.0.1 localhost\n');
});

test('jcds reads back what it wrote', async () => {
  const image = imageOf([]);
  const config = {
    ...image.config,
    env: AWKWARD,
    entrypoint: ['/entry.sh', "a 'b'", '$x`\\"'],
    cmd: ['', 'c\nd'],
  };
  await scratch.convert({ ...image, config }, {}, ORIGIN);
  const facts = inspectImage(scratch.root, []);
  expect(facts.config.env).toEqual(AWKWARD);
  expect(facts.config.entrypoint).toEqual(config.entrypoint);
  expect(facts.config.cmd).toEqual(config.cmd);
  expect(facts.origin).toEqual(ORIGIN);
  expect(facts.environmentFileDropped).toBe(false);
  expect(facts.singularityMissing).toEqual([]);
});

test('a shell that reads the environment has every value as the image says it', () => {
  const script = environmentScript(AWKWARD, () => {});
  const said = execFileSync('env', ['-i', '/bin/sh', '-c', `${script}\nexec /usr/bin/env -0`], {
    encoding: 'utf8',
  });
  const found = new Map(
    said.split('\0').map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  for (const [name, value] of AWKWARD) expect([name, found.get(name)]).toEqual([name, value]);
  expect(found.has('jcds_value')).toBe(false);
});

test('a variable that is set already keeps its value, but PATH', () => {
  const script = environmentScript(
    [
      ['A', 'image'],
      ['PATH', '/image'],
    ],
    () => {},
  );
  expect(
    execFileSync('env', ['-i', 'A=caller', 'PATH=/caller', '/bin/sh', '-c', `${script}\necho "$A $PATH"`], {
      encoding: 'utf8',
    }),
  ).toBe('caller /image\n');
});

test('names that no shell can set, and what is too long for a process, are left out and told', () => {
  const left: string[] = [];
  const env = [
    ['BASH_FUNC_x%%', '() { :; }'],
    ['a b', 'x'],
    ['', 'v'],
    ['1x', 'v'],
    ['LONG', 'x'.repeat(200_000)],
    ['OK', '1'],
    ['OK', '2'],
  ] as const;
  const script = environmentScript(env, name => left.push(name));
  expect(left).toEqual(['BASH_FUNC_x%%', 'a b', '', '1x', 'LONG']);
  expect(execFileSync('/bin/sh', ['-c', `${script}\necho "$OK"`], { encoding: 'utf8' })).toBe('2\n');
});
