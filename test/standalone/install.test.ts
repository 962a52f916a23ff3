import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { writeChecksums } from '../../.ci/release.mjs';

// install.sh with a standalone whose executable is a line of shell: what it does to a prefix, whatever happens to it.

const INSTALL = resolve(import.meta.dirname, '../../.ci/install.sh');
const folder = mkdtempSync(join(tmpdir(), 'jcds-install-'));
const prefix = join(folder, 'pre fix');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(prefix, { recursive: true, force: true }));

const one = standalone('1.0.0');
const two = standalone('2.0.0');

function standalone(version: string): string {
  const place = join(folder, `jcds-${version}-linux-x64`);
  const files: Record<string, string> = {
    'bin/jcds': '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/../libexec/jcds" "$@"\n',
    'libexec/jcds': `#!/bin/sh\necho ${version}\n`,
    'libexec/host': 'x 2.17 x86_64\n',
    'completions/jcds.bash': 'complete\n',
    'completions/_jcds': 'complete\n',
    'completions/jcds.fish': 'complete\n',
    'share/man/man1/jcds.1': '.TH\n',
    'LGPL-2.1': '',
    LICENSE: '',
    NOTICES: '',
    VERSION: `${version}\n`,
    'install.sh': readFileSync(INSTALL, 'utf8'),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(place, name, '..'), { recursive: true });
    writeFileSync(join(place, name), text, {
      mode: /^(bin|libexec)\/jcds|install/.test(name) ? 0o755 : 0o644,
    });
  }
  return place;
}

function install(words: readonly string[], env: Readonly<Record<string, string>> = {}, shell = '/bin/sh') {
  const { status, signal, stdout, stderr } = spawnSync(shell, [INSTALL, ...words], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: join(folder, 'home'), ...env },
    encoding: 'utf8',
    // A group of its own, which a test may kill.
    detached: true,
  } as Parameters<typeof spawnSync>[2] & { encoding: 'utf8' });
  return { code: status ?? signal, stdout, stderr };
}

const into = (place: string): string[] => ['--prefix', prefix, place];
const version = (): string => spawnSync(join(prefix, 'bin/jcds'), ['--version'], { encoding: 'utf8' }).stdout;

/** Every file and link below the prefix. */
function tree(directory = prefix): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => !lstatSync(join(directory, name)).isDirectory())
    .sort();
}

test('puts everything into the prefix, behind links, and takes it all away', () => {
  const hint = `hint: ${prefix}/bin is not on PATH; for sh: export PATH="${prefix}/bin:$PATH"\n`;
  expect(install(into(one))).toEqual({ code: 0, stdout: `jcds 1.0.0 is in ${prefix}\n${hint}`, stderr: '' });
  expect(version()).toBe('1.0.0\n');
  const links = tree().filter(name => lstatSync(join(prefix, name)).isSymbolicLink());
  expect(Object.fromEntries(links.map(name => [name, readlinkSync(join(prefix, name))]))).toEqual({
    'bin/jcds': '../lib/jcds/current/bin/jcds',
    'lib/jcds/current': expect.stringMatching(/^1\.0\.0-[0-9a-f]{12}$/),
    'share/bash-completion/completions/jcds': '../../../lib/jcds/current/completions/jcds.bash',
    'share/fish/vendor_completions.d/jcds.fish': '../../../lib/jcds/current/completions/jcds.fish',
    'share/man/man1/jcds.1': '../../../lib/jcds/current/share/man/man1/jcds.1',
    'share/zsh/site-functions/_jcds': '../../../lib/jcds/current/completions/_jcds',
  });
  for (const name of links) expect([name, existsSync(join(prefix, name))]).toEqual([name, true]);
  expect(install(['--prefix', prefix, '--uninstall'])).toEqual({
    code: 0,
    stdout: `jcds is not in ${prefix} any more\n`,
    stderr: '',
  });
  expect(tree()).toEqual([]);
  expect(install(['--prefix', prefix, '--uninstall']).code).toBe(0);
});

test.each([['/bin/dash'], ['/bin/bash']])(
  'again changes nothing; a new version keeps the one before (%s)',
  shell => {
    expect(install(into(one), {}, shell).code).toBe(0);
    const before = tree();
    expect(install(into(one), {}, shell).code).toBe(0);
    expect(tree()).toEqual(before);
    expect(install(into(two), {}, shell).code).toBe(0);
    expect(version()).toBe('2.0.0\n');
    expect(stores()).toEqual(['1.0.0', '2.0.0', 'current']);
    expect(install(into(two), {}, shell).code).toBe(0);
    expect(stores()).toEqual(['1.0.0', '2.0.0', 'current']);
    const three = standalone('3.0.0');
    expect(install(into(three), {}, shell).code).toBe(0);
    expect([version(), stores()]).toEqual(['3.0.0\n', ['2.0.0', '3.0.0', 'current']]);
  },
);

const stores = (): string[] =>
  readdirSync(join(prefix, 'lib/jcds'))
    .map(name => name.replace(/-[0-9a-f]{12}$/, ''))
    .sort();

describe('an archive', () => {
  const archive = join(folder, 'jcds-1.0.0-linux-x64.tar.gz');
  spawnSync('tar', ['-C', folder, '-czf', archive, 'jcds-1.0.0-linux-x64']);

  test('is installed when its checksum is right, and from itself', () => {
    writeChecksums(folder, ['jcds-1.0.0-linux-x64.tar.gz']);
    expect(install(into(archive)).code).toBe(0);
    expect(version()).toBe('1.0.0\n');
    const own = spawnSync(join(one, 'install.sh'), ['--prefix', join(folder, 'other')], { encoding: 'utf8' });
    expect([own.status, readlinkSync(join(folder, 'other/lib/jcds/current'))]).toEqual([
      0,
      readlinkSync(join(prefix, 'lib/jcds/current')),
    ]);
  });

  test.each([
    ['of another hash', `${'0'.repeat(64)}  jcds-1.0.0-linux-x64.tar.gz\n`, / is damaged: /],
    ['that is not named', `${'0'.repeat(64)}  xjcds-1.0.0-linux-x64.tar.gz\n`, / does not name jcds-1\.0\.0/],
    ['without checksums', null, /there is no .*SHA256SUMS to check /],
  ])('%s is refused, and nothing is left', (_title, sums, message) => {
    rmSync(join(folder, 'SHA256SUMS'), { force: true });
    if (sums !== null) writeFileSync(join(folder, 'SHA256SUMS'), sums);
    const ended = install(into(archive));
    expect(ended).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expect(ended.stderr).toMatch(/\nhint: /);
    expect(tree()).toEqual([]);
  });
});

test.each([
  [['--prefix'], '--prefix needs a directory'],
  [['--wrong'], 'unknown option --wrong'],
  [['a', 'b'], 'one directory or archive at a time'],
  [into('/usr'), '/usr holds no standalone of jcds'],
])('%j: %s', (words, message) => {
  expect(install(words)).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`install.sh: ${message}\nhint: `),
  });
  expect(tree()).toEqual([]);
});

test('what is not its own stays, and is in the way', () => {
  mkdirSync(join(prefix, 'bin'), { recursive: true });
  writeFileSync(join(prefix, 'bin/jcds'), 'mine');
  expect(install(into(one))).toMatchObject({ code: 1, stderr: expect.stringContaining('bin/jcds is there') });
  expect(tree()).toEqual(['bin/jcds']);
  expect(install(['--prefix', prefix, '--uninstall']).code).toBe(0);
  expect(tree()).toEqual(['bin/jcds']);
});

test('a standalone that does not start here is not installed', () => {
  install(into(one));
  const broken = standalone('4.0.0');
  writeFileSync(join(broken, 'libexec/jcds'), '#!/bin/sh\necho no >&2\nexit 3\n', { mode: 0o755 });
  expect(install(into(broken))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('jcds 4.0.0 does not start here'),
  });
  expect([version(), stores()]).toEqual(['1.0.0\n', ['1.0.0', 'current']]);
});

test('the prefix is ~/.local, or /usr/local for root', () => {
  const programs = join(folder, 'programs');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
  const env = { PATH: `${programs}:/usr/bin:/bin`, HOME: prefix };
  expect(install([one], env).code).toBe(0);
  expect(existsSync(join(prefix, '.local/bin/jcds'))).toBe(true);
  writeFileSync(join(programs, 'id'), '#!/bin/sh\necho 0\n', { mode: 0o755 });
  writeFileSync(join(programs, 'mkdir'), '#!/bin/sh\necho "$@" >&2; exit 1\n', { mode: 0o755 });
  expect(install([one], env).stderr).toContain('-p /usr/local/lib/jcds\n');
});

/** Every program that install.sh starts goes through this: the one with the number that is wanted ends it all. */
function killing(signal: string, number: number): Record<string, string> {
  const programs = join(folder, 'killers');
  mkdirSync(programs, { recursive: true });
  const whom = signal === 'KILL' ? '0' : '$PPID';
  for (const name of ['mkdir', 'cp', 'chmod', 'cat', 'sha256sum', 'readlink', 'mv', 'ln', 'rm', 'sed', 'cut'])
    writeFileSync(
      join(programs, name),
      `#!/bin/sh
echo >>'${folder}/count'
[ "$(/usr/bin/wc -l <'${folder}/count')" != ${number} ] || kill -s ${signal} ${whom}
exec /usr/bin/${name} "$@"
`,
      { mode: 0o755 },
    );
  rmSync(join(folder, 'count'), { force: true });
  return { PATH: `${programs}:/usr/bin:/bin` };
}

test.each([['KILL'], ['TERM']])(
  'ended by %s at any step it leaves a whole version, and the next run cures the rest',
  signal => {
    const whole = ((): string[] => {
      install(into(one));
      install(into(two));
      return tree();
    })();
    let ended: ReturnType<typeof install>;
    let step = 0;
    const seen = new Set<string>();
    do {
      rmSync(prefix, { recursive: true, force: true });
      install(into(one));
      // One link fewer, as before a version that brings a new one.
      rmSync(join(prefix, 'share/zsh/site-functions/_jcds'));
      step += 1;
      ended = install(into(two), killing(signal, step));
      seen.add(version());
      expect(['1.0.0\n', '2.0.0\n']).toContain(version());
      for (const name of readdirSync(join(prefix, 'lib/jcds')))
        if (/^\d/.test(name)) expect(tree(join(prefix, 'lib/jcds', name))).toHaveLength(12);
      if (signal === 'TERM') expect(stores().join(' ')).not.toContain('incoming');
      expect(install(into(two)).code).toBe(0);
      expect(tree()).toEqual(whole);
    } while (ended.code !== 0);
    expect(step).toBeGreaterThan(15);
    expect(seen.size).toBe(2);
  },
  120_000,
);
