import { chmodSync, chownSync, lchownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';

// Files that variables name are shown unasked: another user who lays a link where everybody may (as in /tmp) would choose which file of the
// caller's a contained job sees.
const host = new HostSetting();
afterAll(() => host.remove());
const IMAGE = 'library/small:1';
const SECRET = 'the-secret-of-the-caller';
const ATTACKER = 4242;

const common = join(host.setting.folder, 'common');
const link = join(common, 'link');

beforeEach(() => {
  rmSync(common, { recursive: true, force: true });
  mkdirSync(common);
  chmodSync(common, 0o1777);
});

/** Lays a link in the common directory. */
function lay(target: string, owner: number): void {
  symlinkSync(target, link);
  lchownSync(link, owner, owner);
}

/** The names of the credential, and how a variable tells them. */
const NAMED: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['X509_USER_PROXY', { X509_USER_PROXY: link }, link],
  ['KRB5CCNAME', { KRB5CCNAME: `FILE:${link}` }, link],
  ['a link above', { BEARER_TOKEN_FILE: join(link, 'secret') }, join(link, 'secret')],
];

describe.each(host.people.map(person => ({ person, who: person.name })))('for $who', ({ person }) => {
  const home = host.home(person);
  const secret = join(home, 'private', 'secret');
  const targetOf = (name: string) => (name === link ? secret : join(home, 'private'));

  beforeAll(() => {
    mkdirSync(join(home, 'private'), { recursive: true });
    writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
    for (const path of [join(home, 'private'), secret]) chownSync(path, person.uid, person.gid);
  });

  describe.each(usableBy(person))('%s', runtime => {
    let around: Surroundings;
    beforeAll(async () => {
      around = await surroundingsOf(runtime, person);
    });
    afterAll(() => around.close?.());
    const read = (env: Readonly<Record<string, string>>, file: string) =>
      host.jcds(
        person,
        [
          'exec',
          '--runtime',
          runtime,
          '--contain',
          '--no-home',
          IMAGE,
          'sh',
          '-c',
          'cat "$1"; echo done',
          'sh',
          file,
        ],
        { around, env },
      );

    test.each(NAMED)('another user’s link is not followed: %s', (_, env, file) => {
      lay(targetOf(file), ATTACKER);
      const { code, stdout, stderr } = read(env, file);
      expect([code, stdout]).toEqual([0, 'done\n']);
      expect(stderr).toContain(`${file} is not shown in the container: ${link} is a link of another user`);
    });

    test.each(NAMED)('an own one is: %s', (_, env, file) => {
      lay(targetOf(file), person.uid);
      expect(read(env, file)).toMatchObject({ code: 0, stdout: `${SECRET}\ndone\n` });
    });
  });

  describe.each(['apptainer', 'bubblewrap'])('a script for %s', runtime => {
    const script = join(home, `script-${runtime}`);
    beforeAll(() => {
      const words = ['wrap', '--runtime', runtime, '--contain', '--no-home', '-o', script, IMAGE];
      expect(host.jcds(person, words).code).toBe(0);
    });
    const read = (env: Readonly<Record<string, string>>, file: string) =>
      host.run(person, [script, 'sh', '-c', 'cat "$1"; echo done', 'sh', file], { env });

    test.each(NAMED)('another user’s link is refused: %s', (_, env, file) => {
      lay(targetOf(file), ATTACKER);
      expect(read(env, file)).toEqual({
        code: 125,
        stdout: '',
        stderr: expect.stringContaining(`jcds: a script follows no link of another user: ${link}\n`),
      });
    });

    test.each(NAMED)('an own one is followed, and one to it: %s', (_, env, file) => {
      lay(targetOf(file), person.uid);
      expect(read(env, file)).toMatchObject({ code: 0, stdout: `${SECRET}\ndone\n` });
    });

    test('a link of the caller’s own that leads to one of another user', () => {
      lay(secret, ATTACKER);
      const own = join(home, 'private', 'mine');
      rmSync(own, { force: true });
      symlinkSync(link, own);
      lchownSync(own, person.uid, person.gid);
      expect(read({ X509_USER_PROXY: own }, own)).toMatchObject({ code: 125, stdout: '' });
    });

    test('links in a circle, and one to nothing', () => {
      lay(link, person.uid);
      expect(read({ X509_USER_PROXY: link }, link)).toMatchObject({ code: 0, stdout: 'done\n' });
      rmSync(link);
      lay('/no/such', ATTACKER);
      expect(read({ X509_USER_PROXY: link }, link)).toMatchObject({ code: 0, stdout: 'done\n' });
    });
  });
});
