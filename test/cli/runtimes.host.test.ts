import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RUNTIME_NAMES, RUNTIMES } from '../../src/runtimes/index.ts';
import { namedFor, type Person, type Surroundings, surroundingsOf } from '../contract/containers.ts';
import { HostSetting } from './host-setting.ts';
import { type Ended, failure } from './setting.ts';

// Every runtime of the table, for every person: what is shown beforehand is what runs, bytes arrive, nothing leaks.
const host = new HostSetting();
afterAll(() => host.remove());
const IMAGE = 'library/small:1';

/** Runs lines of shell, one character a byte. */
function shell(person: Person, around: Surroundings, lines: readonly string[]): Ended {
  const file = join(host.setting.folder, 'script');
  writeFileSync(file, Buffer.from(lines.join('\n'), 'latin1'));
  return host.run(person, ['/bin/sh', file], { around, encoding: 'latin1' });
}

const cells = host.people.flatMap(person =>
  namedFor(person).map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  const use = ['--runtime', name];
  let around: Surroundings;
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
  });
  afterAll(() => around.close?.());

  test('the dry run, pasted into a shell, does the same', () => {
    const script = 'id; pwd; cat /etc/passwd; env | sort; printf "<%s>" "$@"; exit 9';
    const words = [
      ...use,
      '--env',
      "A=it's $HOME \\ `id`",
      IMAGE,
      'sh',
      '-c',
      script,
      'sh',
      "it's",
      '$HOME',
      'a\nb',
      '',
    ];
    const env = { LANG: 'C', PYTHONPATH: '/host', BOTH: 'x y' };
    const shown = host.jcds(person, ['exec', '-n', '-v', ...words], { around, env });
    expect(shown).toMatchObject({ code: 0 });
    const pasted = host.run(person, ['/bin/sh', '-c', shown.stdout], { around, env });
    const ran = host.jcds(person, ['exec', ...words], { around, env });
    // The shell that pastes has variables of its own.
    const own = /^(?:_|OLDPWD|SHLVL|jcds)=.*\n/gm;
    expect({ ...pasted, stdout: pasted.stdout.replace(own, '') }).toEqual({
      ...ran,
      stdout: ran.stdout.replace(own, ''),
    });
    expect([ran.code, ran.stderr]).toEqual([9, '']);
    expect(ran.stdout).toContain("\nA=it's $HOME \\ `id`\n");
  });

  test('any bytes arrive in arguments and variables', () => {
    const ended = shell(person, around, [
      `export H='h\xff "$x" \`y\`'`,
      "printf 'F=f\xff $x\\n' >vars",
      `exec "$jcds" exec ${use.join(' ')} --env 'E=e\xff '\\''$x' --env-file vars ${IMAGE} sh -c \\`,
      `  'printf "%s|" "$E" "$F" "$H" "$@"' sh 'a\xff' '$x' "it's" '' 'n\nl'`,
    ]);
    const words = ["e\xff '$x", 'f\xff $x', 'h\xff "$x" `y`', 'a\xff', '$x', "it's", '', 'n\nl'];
    expect(ended).toEqual({ code: 0, stdout: words.map(word => `${word}|`).join(''), stderr: '' });
  });

  test('what shells on the way set for themselves arrives, too', () => {
    const { code, stdout } = host.jcds(person, ['exec', ...use, '--env', 'IFS=: ', IMAGE, 'env'], { around });
    expect([code, stdout.match(/^IFS=.*$/m)?.[0]]).toEqual([0, 'IFS=: ']);
  });

  test('places whose names have any bytes are shown, or that is an error before exec', () => {
    const ended = shell(person, around, [
      "mkdir -p 'd\xff it'\\''s' && cd 'd\xff it'\\''s' && echo inside >'f\xe9:,'",
      `exec "$jcds" exec ${use.join(' ')} --mount 'type=bind,"src=f\xe9:,",dst=/mnt/b\xff' ${IMAGE} sh -c \\`,
      `  'printf "%s\\n" "$PWD"; cat "/mnt/b\xff" f*'`,
    ]);
    const { bytes } = RUNTIMES[name].cannot;
    const able = RUNTIME_NAMES.filter(other => RUNTIMES[other].cannot.bytes === undefined);
    const hint = `jcds run --runtime ${able[0]} (or ${able.slice(1).join(', ')})`;
    const stdout = `${host.work(person)}/d\xff it's\ninside\ninside\n`;
    expect(ended).toEqual(
      bytes === undefined
        ? { code: 0, stdout, stderr: '' }
        : { code: 125, stdout: '', stderr: failure(bytes, hint) },
    );
  });

  test('200 kB of arguments', () => {
    const words = Array.from({ length: 2000 }, (_, index) => `${index}${'x'.repeat(100)}`);
    const { code, stdout, stderr } = host.jcds(person, ['exec', ...use, IMAGE, 'echo', ...words], {
      around,
    });
    expect([code, stderr, stdout === `${words.join(' ')}\n`]).toEqual([0, '', true]);
  });

  test('no value of --env or --env-file stands in any argument list', () => {
    const trace = join(host.setting.folder, `trace-${name}-${person.name}`);
    const through = [
      'strace',
      '-f',
      '-qq',
      '-s',
      '100000',
      '-e',
      'trace=execve,execveat',
      '-e',
      'signal=none',
      '-o',
      trace,
    ];
    const vars = join(host.setting.folder, 'secret.env');
    writeFileSync(vars, 'FILE=file-secret $x `y` "\n', { mode: 0o644 });
    const env = { GITLAB_TOKEN: 'token-secret', JCDS_TOKEN_GIT_JINR_RU: 'token-secret' };
    const words = [
      'exec',
      ...use,
      '--env-file',
      vars,
      '--env',
      "TYPED=typed-secret $x '",
      IMAGE,
      'sh',
      '-c',
      'echo "$FILE|$TYPED|$GITLAB_TOKEN"',
    ];
    const ended = host.jcds(person, words, { around, through, env });
    expect(ended).toEqual({ code: 0, stdout: `file-secret $x \`y\` "|typed-secret $x '|\n`, stderr: '' });
    const lists = readFileSync(trace, 'latin1').match(/execve(?:at)?\(.*\[.*\]/g) ?? [];
    expect(lists.length).toBeGreaterThan(3);
    expect(lists.filter(list => /file-secret/.test(list))).toEqual([]);
    // Those that hold the caller's own words: jcds, the program that reads them, and what the test runs them by.
    const isOwn = (list: string) => list.includes('"--env-file", ');
    expect(
      lists.filter(
        list => /typed-secret|token-secret/.test(list) && !isOwn(list) && !list.includes('GITLAB_TOKEN='),
      ),
    ).toEqual([]);
  });

  test('the command’s own code comes back, and its death by a signal', () => {
    expect(host.jcds(person, ['exec', ...use, IMAGE, 'sh', '-c', 'exit 125'], { around }).code).toBe(125);
    const { code } = host.jcds(person, ['exec', ...use, IMAGE, 'sh', '-c', 'kill -TERM $$'], { around });
    expect([143, 'SIGTERM']).toContain(code);
  });
});
