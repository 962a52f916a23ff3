import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';

// A directory that a group shares (2775, without the sticky bit), in which another member renames and lays links: what jcds makes there for
// its user is to be there, or nowhere.
const host = new HostSetting();
afterAll(() => host.remove());
const IMAGE = 'library/small:1';
const OTHER = 65_534;
const OTHERS_LINK = 'it is a link, or no directory';

describe.each(host.people)('as $name', person => {
  const at = join(host.setting.folder, `shared-${person.name}`);
  const [group, victim, archive] = ['group', 'victim', 'image.tar'].map(name => join(at, name)) as [
    string,
    string,
    string,
  ];
  const jcds = (words: readonly string[], env = {}) =>
    host.jcds(person, words, { cwd: '/', env: { JCDS_NETWORK: 'false', ...env } });

  beforeEach(() => {
    for (const directory of [at, group, victim]) mkdirSync(directory);
    chownSync(group, person.uid, OTHER);
    chmodSync(group, 0o2775);
    chownSync(victim, person.uid, person.gid);
    chmodSync(victim, 0o700);
    writeFileSync(
      archive,
      dockerArchive([
        { name: 'pipe', type: '6' },
        { name: '.ssh/authorized_keys', content: 'evil' },
        { name: '.profile', content: 'evil' },
      ]),
    );
  });
  afterEach(() => rmSync(at, { recursive: true }));

  /** Starts a member of the group, who waits until `mkfifo` is called, is told where, does this, and lets it go on. */
  function attacker(script: string): {
    readonly child: ChildProcess;
    readonly env: { readonly PATH: string };
  } {
    const [go, done] = ['go', 'done'].map(name => join(at, name)) as [string, string];
    execFileSync('mkfifo', ['-m', '666', go, done]);
    host.setting.install(
      'mkfifo',
      [
        `/usr/bin/mkfifo "$@" || exit`,
        `case $1 in /*) dirname "$1" ;; *) pwd -P ;; esac >${go}`,
        `read -r _ <${done}`,
      ].join('\n'),
    );
    const words = [`--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups', 'sh', '-c'];
    const child = spawn('setpriv', [...words, `umask 0; read -r at <${go}; ${script}; echo >${done}`], {
      cwd: group,
      stdio: 'ignore',
    });
    return { child, env: { PATH: `${host.setting.programs}:${process.env.PATH}` } };
  }
  /** A directory like the workplace, in which everything leads into the victim's. */
  const TRAP = `mkdir -p "$trap" && ln -s ${victim} "$trap/rootfs" && ln -s ${victim}/pipe "$trap/fifo"`;

  test('convert is not led away by a rename of its workplace', async () => {
    writeFileSync(join(victim, 'pipe'), '');
    const { child, env } = attacker(`mv "$at" stolen; trap=$at; ${TRAP}`);
    const { code, stdout } = jcds(['convert', `docker-archive:${archive}`, '--to', join(group, 'root')], env);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readdirSync(victim)).toEqual(['pipe']);
    expect([code, stdout]).toEqual([0, `${group}/root\n`]);
    expect(readFileSync(join(group, 'root/.profile'), 'utf8')).toBe('evil');
    expect(readdirSync(join(group, 'stolen'))).toEqual([]);
  });

  test('convert removes nothing of the user’s that is renamed to its workplace', async () => {
    writeFileSync(join(victim, 'pipe'), '');
    execFileSync('cp', ['-a', victim, join(group, 'precious')]);
    const { child, env } = attacker('mv "$at" stolen; mv precious "$at"; echo "$at" >told');
    const { code } = jcds(['convert', `docker-archive:${archive}`, '--to', join(group, 'root')], env);
    await once(child, 'exit');
    expect(code).toBe(0);
    expect(readdirSync(readFileSync(join(group, 'told'), 'utf8').trim())).toEqual(['pipe']);
  });

  test('convert makes its target also where its user may not list', () => {
    chmodSync(group, 0o300);
    const { code, stderr } = jcds(['convert', `docker-archive:${archive}`, '--to', join(group, 'root')]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('hint')]);
    chmodSync(group, 0o755);
    expect(readdirSync(group)).toEqual(['root']);
  });

  test('pull is not led away by a rename of the store', async () => {
    writeFileSync(join(victim, 'pipe'), '');
    const store = join(group, 'store');
    const { child, env } = attacker(
      `trap=$(echo "$at" | sed s,/store/,/evil/,); ${TRAP}; mv store stolen; mv evil store`,
    );
    const { code } = jcds(['pull', `docker-archive:${archive}`, '--as', 'mine:1', '--store', store], env);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readdirSync(victim)).toEqual(['pipe']);
    expect(code).toBe(0);
    const copy = join(group, 'stolen/docker.io/library/mine:1/.profile');
    expect(readFileSync(copy, 'utf8')).toBe('evil');
    expect(readdirSync(join(group, 'stolen/.jcds/tmp'))).toEqual([]);
  });

  test.each([
    ['convert', 1, (out: string) => ['convert', `docker-archive:${archive}`, '--to', `${out}/x`]],
    ['convert deeper', 1, (out: string) => ['convert', `docker-archive:${archive}`, '--to', `${out}/y/x`]],
    ['wrap', 1, (out: string) => ['wrap', '-o', `${out}/x`, IMAGE, '/bin/sh']],
    ['wrap --force', 1, (out: string) => ['wrap', '--force', '-o', `${out}/y/kept`, IMAGE, '/bin/sh']],
    ['a status file', 125, (out: string) => ['exec', '--status-file', `${out}/y/kept`, IMAGE, 'true']],
    [
      'pull',
      1,
      (out: string) => ['pull', `docker-archive:${archive}`, '--as', 'mine:1', '--store', `${out}/x`],
    ],
  ])('%s writes nothing where another’s link leads', (_what, code, words) => {
    mkdirSync(join(victim, 'y'));
    writeFileSync(join(victim, 'y/kept'), 'kept');
    execFileSync('chown', ['-R', `${person.uid}:${person.gid}`, victim]);
    symlinkSync(victim, join(group, 'out'));
    lchownSync(join(group, 'out'), OTHER, OTHER);
    const ended = jcds(words(join(group, 'out')));
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(OTHERS_LINK)]);
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
    expect(readdirSync(victim, { recursive: true }).sort()).toEqual(['y', 'y/kept']);
    expect(readFileSync(join(victim, 'y/kept'), 'utf8')).toBe('kept');
    // The same by a link of the user's own.
    lchownSync(join(group, 'out'), person.uid, person.gid);
    chmodSync(group, 0o755);
    expect(jcds(words(join(group, 'out'))).code).toBe(0);
  });

  test('a store is neither used nor changed by another’s link, and is by one’s own', () => {
    const store = join(victim, 'store');
    pullInto(store);
    const link = join(group, 'store');
    symlinkSync(store, link);
    lchownSync(link, OTHER, OTHER);
    const env = { JCDS_STORE: link };
    const local = ['exec', '--dry-run', '--local', 'mine:1', 'true'];
    const name = join(store, 'docker.io/library/mine:1');
    for (const [words, code] of [
      [local, 125],
      [['store', 'list'], 1],
      [['store', 'remove', 'mine:1'], 1],
      [['store', 'prune'], 1],
    ] as const) {
      const ended = jcds(words, env);
      expect([words, ended.code, ended.stderr]).toEqual([words, code, expect.stringContaining(OTHERS_LINK)]);
    }
    expect(existsSync(name)).toBe(true);
    lchownSync(link, person.uid, person.gid);
    chmodSync(group, 0o755);
    expect(jcds(['store', 'list'], env).stdout).toContain('mine:1');
    expect(jcds(['store', 'remove', 'mine:1'], env).code).toBe(0);
    expect(existsSync(name)).toBe(false);
  });

  test('no name is taken away where the content cannot be', () => {
    const store = join(victim, 'store');
    pullInto(store);
    rmSync(join(store, '.jcds/tmp'), { recursive: true });
    symlinkSync('/tmp', join(store, '.jcds/tmp'));
    const { code, stderr } = jcds(['store', 'remove', 'mine:1'], { JCDS_STORE: store });
    expect([code, stderr]).toEqual([1, expect.stringContaining(OTHERS_LINK)]);
    expect(existsSync(join(store, 'docker.io/library/mine:1'))).toBe(true);
  });

  function pullInto(store: string): void {
    const pulled = jcds(['pull', `docker-archive:${archive}`, '--as', 'mine:1', '--store', store]);
    expect([pulled.code, pulled.stderr]).toEqual([0, expect.not.stringContaining('hint')]);
  }
});
