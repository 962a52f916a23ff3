import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';

// A job that is shown the directory in which an image is being unpacked (/tmp, the caller's) has the same user: no mode keeps it out. It puts a link
// in the place of a directory, and the files of the image, whose publisher may be the job's, would go where the job itself cannot write.
const setting = new Setting();
afterAll(() => setting.remove());
const [out, victim, archive] = ['out', 'victim', 'image.tar'].map(name => join(setting.folder, name)) as [
  string,
  string,
  string,
];
const WAYS: Readonly<Record<string, readonly string[]>> = {
  'convert into a directory': ['convert', `docker-archive:${archive}`, '--to', join(out, 'root')],
  'convert into a file': ['convert', `docker-archive:${archive}`, '--to', join(out, 'root.tar')],
  'convert to standard output': ['convert', `docker-archive:${archive}`, '--to', '-'],
  pull: ['pull', `docker-archive:${archive}`, '--as', 'mine:1', '--store', join(out, 'store')],
};

beforeEach(() => {
  for (const directory of [out, victim]) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
  }
  chmodSync(victim, 0o700);
  writeFileSync(join(victim, 'kept'), 'kept');
});

/** What the job does, at the moment when a FIFO of the image is made. */
function job(script: string): void {
  const find = `r=$(find ${out} -path '*rootfs/d' -prune -type d)`;
  setting.install('mkfifo', `/usr/bin/mkfifo "$@"; ${find}\n[ -z "$r" ] || { ${script}; }`);
}

const SWAP = `mv "$r" "$r.away" && ln -s ${victim} "$r"`;
const pipe = { name: 'pipe', type: '6' };
const directory = { name: 'd/', type: '5', mode: 0o777 };

describe.each(Object.entries(WAYS))('%s', (_, words) => {
  const run = () => setting.jcds(words, { env: { TMPDIR: out }, encoding: 'latin1' });

  test.each([
    ['files', [directory, pipe, { name: 'd/.profile', content: 'evil' }]],
    ['directories', [directory, pipe, { name: 'd/.ssh/rc', content: 'evil' }]],
    ['links', [directory, pipe, { name: 'd/.profile', type: '2', link: '/tmp/x' }]],
  ])('puts no %s where a link leads that is laid meanwhile', (_what, entries) => {
    job(SWAP);
    writeFileSync(archive, dockerArchive(entries));
    const { code, stderr } = run();
    expect([readdirSync(victim), statSync(victim).mode & 0o777]).toEqual([['kept'], 0o700]);
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('it is a link')]);
    expect(code).not.toBe(0);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test('gives modes and times to nothing there', () => {
    job(SWAP);
    writeFileSync(archive, dockerArchive([directory, { name: 'd/x', content: '' }, pipe]));
    run();
    expect([readdirSync(victim), statSync(victim).mode & 0o777]).toEqual([['kept'], 0o700]);
  });

  test('removes nothing there', () => {
    job(`${SWAP} && rm -rf "$r.away"`);
    writeFileSync(
      archive,
      dockerArchive([{ name: 'd/kept', content: 'x' }, pipe, { name: 'd', content: 'a file now' }]),
    );
    run();
    expect(readdirSync(victim)).toEqual(['kept']);
    expect(existsSync(join(out, 'root'))).toBe(false);
  });
});
