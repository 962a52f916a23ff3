import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Plan, renderExit, renderPlan } from '../../src/launch/plan.ts';
import { anyBytes, shellName } from './bytes.ts';
import { setStage } from './stage.ts';

// The real launcher under each shell, with a program that writes a given plan in place of Node.
const stage = await setStage(false);
afterAll(() => stage.remove());

const NO_NODE =
  'jcds: Node.js is not on PATH\nhint: install Node.js 20.18.1 or newer, or name it: JCDS_NODE=/path/to/node\n';

const NOTHING = { given: [], passed: [] };
const BASE = { PATH: '/usr/bin:/bin', JCDS_NODE: stage.writer };

function launch(
  launcher: string,
  words: string[],
  env: Record<string, string> = {},
): SpawnSyncReturns<Buffer> {
  return spawnSync(launcher, words, { env: { ...BASE, ...env } });
}

function plan(parts: Partial<Plan>): Buffer {
  return renderPlan(
    { shift: 2, file: '/usr/bin/printf', args: [], environment: { set: [], unset: [] }, ...parts },
    NOTHING,
  );
}

/** What a program printed, split at the zero bytes. */
function words(output: Buffer): Buffer[] {
  const parts = output.toString('latin1').split('\0');
  parts.pop();
  return parts.map(part => Buffer.from(part, 'latin1'));
}

const listOfBytes = fc.array(anyBytes, { minLength: 1, maxLength: 12 });
const runs = { numRuns: 60 };

describe.each(stage.launchers)('$shell', ({ launcher, shell }) => {
  for (const locale of ['C', 'C.UTF-8'])
    test(`any bytes arrive in words (${locale})`, () => {
      fc.assert(
        fc.property(listOfBytes, list => {
          stage.write(plan({ args: ['%s\\0', ...list] }));
          expect(words(launch(launcher, ['run', 'x'], { LC_ALL: locale }).stdout)).toEqual(list);
        }),
        runs,
      );
    });

  test('any text of the caller arrives behind them', () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).map(part => part.replaceAll('\0', '')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(text, list => {
        stage.write(plan({ shift: 1, args: ['%s\\0'] }));
        expect(words(launch(launcher, ['exec', ...list]).stdout).map(String)).toEqual(list);
      }),
      runs,
    );
  });

  test('any bytes arrive in variables', () => {
    const variables = fc.uniqueArray(fc.tuple(shellName, anyBytes), {
      selector: ([name]) => name,
      maxLength: 8,
    });
    fc.assert(
      fc.property(variables, set => {
        stage.write(
          plan({ file: '/usr/bin/env', args: ['-0'], environment: { set, unset: ['PATH', 'JCDS_NODE'] } }),
        );
        const expected = set.map(([name, value]) =>
          Buffer.concat([Buffer.from(`${name}=`), value]).toString('latin1'),
        );
        const got = words(launch(launcher, ['run', 'x']).stdout).map(entry => entry.toString('latin1'));
        expect(got.filter(entry => entry.startsWith('JT_')).sort()).toEqual(expected.sort());
      }),
      runs,
    );
  });

  test('any text arrives on a descriptor', () => {
    const text = anyBytes.map(bytes => Buffer.concat([bytes, Buffer.from('\n')]));
    fc.assert(
      fc.property(text, text, (first, second) => {
        stage.write(
          plan({
            file: '/bin/sh',
            args: ['-c', 'cat <&"$1"; cat <&"$2"; cat <&"$1"', 'sh', { input: 0 }, { input: 1 }],
            inputs: [first, second],
          }),
        );
        expect(launch(launcher, ['run', 'x']).stdout).toEqual(Buffer.concat([first, second]));
      }),
      runs,
    );
  });

  test('bytes with zeros among them arrive on a descriptor', () => {
    const bytes = Buffer.from([...Array.from({ length: 256 }, (_, at) => at), 0, 39, 92, 10, 0]);
    stage.write(
      plan({
        file: '/bin/sh',
        args: ['-c', 'cat <&"$1"; cat <&"$2"', 'sh', { input: 1 }, { input: 0 }],
        inputs: ['text\n', bytes],
      }),
    );
    expect(launch(launcher, ['run', 'x']).stdout).toEqual(Buffer.concat([bytes, Buffer.from('text\n')]));
  });

  test('the longest input leaves no process beside the job', () => {
    stage.write(
      plan({
        file: '/bin/sh',
        args: [
          '-c',
          'read -r child </proc/$$/task/$$/children; echo "$child"; wc -c <&"$1"',
          'sh',
          { input: 0 },
        ],
        inputs: [`${'x'.repeat(4095)}\n`],
      }),
    );
    expect(launch(launcher, ['run', 'x']).stdout.toString()).toBe('\n4096\n');
  });

  test('a directory of any name', () => {
    const folder = join(stage.folder, `${shell} -d 'x'\n$(y)`);
    mkdirSync(folder, { recursive: true });
    stage.write(plan({ file: '/bin/pwd', cwd: folder }));
    expect(launch(launcher, ['run', 'x'], { CDPATH: '/' }).stdout.toString()).toBe(`${folder}\n`);
    rmSync(folder, { recursive: true });
    const gone = launch(launcher, ['run', 'x']);
    expect([gone.status, gone.stdout.toString()]).toEqual([125, '']);
  });

  test('a plan cut at any place runs nothing', () => {
    const touched = join(stage.folder, 'touched');
    const whole = plan({
      shift: 0,
      file: '/bin/sh',
      args: ['-c', `echo ran >'${touched}'`, '#jcds:end', '\n#jcds:end\n', "'#jcds:end'"],
      environment: {
        set: [
          ['JT_A', 'x\n#jcds:end'],
          ['JT_B', '#jcds:end'],
        ],
        unset: [],
      },
      inputs: ['#jcds:end\n'],
    });
    for (let length = 0; length < whole.length; length++) {
      stage.write(whole.subarray(0, length));
      const { status, stdout, stderr } = launch(launcher, ['run', 'x']);
      expect([length, status, stdout.toString(), stderr.toString()]).toEqual([length, 125, '', cutShort(0)]);
    }
    expect(() => rmSync(touched)).toThrow('ENOENT');
    stage.write(whole);
    expect(launch(launcher, ['run', 'x']).status).toBe(0);
    rmSync(touched);
  });

  test.each([1, 2, 7, 126, 127, 129, 137, 143, 255])('a whole plan with status %i runs nothing', status => {
    stage.write(renderExit(3), status);
    const { status: code, stderr } = launch(launcher, ['run', 'x']);
    expect([code, stderr.toString()]).toEqual([125, cutShort(status)]);
  });

  test('a program that refuses has said why', () => {
    stage.write(Buffer.alloc(0), 125);
    const { status, stderr } = launch(launcher, ['run', 'x']);
    expect([status, stderr.toString()]).toEqual([125, '']);
  });

  const ROOM =
    'jcds: the limit on open files (ulimit -n) or on address space (ulimit -v) is too low for Node.js\n' +
    'hint: it needs 32 files and 800 MB, from Node.js 24 on 1.5 GB: raise the limits of this job or login\n';
  const limits: [string, number, string][] = [
    ['ulimit -v 700000', 125, ROOM],
    ['ulimit -v 900000', 0, ''],
    ['ulimit -S -v 100000; ulimit -S -n 20', 0, ''],
    ['ulimit -n 20; ulimit -v 700000', 125, ROOM],
  ];
  test.each(limits)('%s', (limit, code, message) => {
    stage.write(plan({ args: [''] }));
    const { status, stderr } = launch('/bin/sh', ['-c', `${limit}; exec "$@"`, 'sh', launcher, 'run', 'x']);
    expect([status, stderr.toString()]).toEqual([code, message]);
  });

  test.each([0, 1, 75, 125, 126, 127])('a deliberate end with %i', code => {
    stage.write(renderExit(code));
    const { status, stderr } = launch(launcher, ['run', 'x']);
    expect([status, stderr.toString()]).toEqual([code, '']);
  });

  test('what the caller exports does no harm', () => {
    const names = [
      '[',
      'cd',
      'command',
      'exec',
      'eval',
      'exit',
      'kill',
      'printf',
      'readlink',
      'set',
      'shift',
      'unset',
      'jcds_fail',
    ];
    const functions = Object.fromEntries(
      names.map(name => [`BASH_FUNC_${name}%%`, '() { echo evil; exit 0; }']),
    );
    const variables = {
      jcds_plan: 'echo evil #jcds:end',
      jcds_close: 'echo evil;',
      jcds_node: '/bin/false',
      IFS: 'sp',
      CDPATH: '/',
      ENV: '/nonexistent',
      BASH_ENV: '/nonexistent',
      PS4: '$(echo evil)',
    };
    stage.write(plan({ args: ['%s\\0', 'a b'] }));
    const { status, stdout, stderr } = launch(launcher, ['run', 'x', 'c d'], {
      ...functions,
      ...variables,
      SHELLOPTS: 'xtrace:nounset',
    });
    // bash traces the very first line, before the launcher can say no; for an ordinary user by the caller's PS4.
    const told = stderr.toString().replace(/^(?:\+ |evil)set .*\n/, '');
    expect([status, stdout.toString(), told]).toEqual([0, 'a b\0c d\0', '']);
  });
});

describe('where the launcher is called from', () => {
  const { launcher } = stage.launchers[0]!;
  const tree = join(stage.folder, 'tree');
  const real = join(tree, 'lib/node_modules/jcds/bin/jcds');
  mkdirSync(join(tree, 'lib/node_modules/jcds/bin'), { recursive: true });
  mkdirSync(join(tree, 'lib/node_modules/.bin'), { recursive: true });
  mkdirSync(join(tree, 'bin'), { recursive: true });
  mkdirSync(join(tree, 'deep er'), { recursive: true });
  copyFileSync(launcher, real);
  symlinkSync('../lib/node_modules/jcds/bin/jcds', join(tree, 'bin/jcds'));
  symlinkSync('../jcds/bin/jcds', join(tree, 'lib/node_modules/.bin/jcds'));
  symlinkSync('../bin/jcds', join(tree, 'deep er/my jcds'));
  symlinkSync(join(tree, 'deep er/my jcds'), join(tree, 'absolute'));
  // Says which script it was given, and how many processes the launcher had started before.
  const node = join(tree, 'node');
  writeFileSync(node, '#!/bin/sh\n[ "$1" != -- ] || echo "$2"\n');
  chmodSync(node, 0o755);

  const calls: [string, string, string[]][] = [
    ['itself', real, []],
    ["npm's global link", join(tree, 'bin/jcds'), []],
    ["npm's local link", join(tree, 'lib/node_modules/.bin/jcds'), []],
    ['a link to a link', join(tree, 'deep er/my jcds'), []],
    ['an absolute link', join(tree, 'absolute'), []],
    ['sh and a bare name', '/bin/sh', ['jcds']],
  ];
  test.each(calls)('%s', (_name, file, args) => {
    const { stdout } = spawnSync(file, [...args, 'resolve'], {
      cwd: join(tree, 'bin'),
      env: { PATH: '/usr/bin:/bin', JCDS_NODE: node },
    });
    const script = stdout.toString().trim();
    const folder = spawnSync('/usr/bin/realpath', ['-m', script], { cwd: join(tree, 'bin') })
      .stdout.toString()
      .trim();
    expect(folder).toBe(join(tree, 'lib/node_modules/jcds/dist/jcds.cjs'));
  });

  const empty = join(tree, 'empty');
  mkdirSync(empty);
  const missing: [string, string, Record<string, string>, number, string][] = [
    ['run', real, {}, 125, NO_NODE],
    ['--version', real, {}, 125, NO_NODE],
    ['resolve', real, {}, 2, NO_NODE],
    [
      'shell',
      real,
      { JCDS_NODE: '/nonexistent/node' },
      125,
      'jcds: JCDS_NODE names no program: /nonexistent/node\nhint: unset JCDS_NODE, or let it name Node.js 20.18.1 or newer\n',
    ],
  ];
  test.each(missing)('without Node: jcds %s', (verb, file, env, code, message) => {
    const { status, stdout, stderr } = spawnSync(file, [verb, 'x'], { env: { PATH: empty, ...env } });
    expect([status, stdout.toString(), stderr.toString()]).toEqual([code, '', message]);
  });

  test('Node beside the link, as npm installs it', () => {
    symlinkSync(node, join(tree, 'bin/node'));
    const { stdout } = spawnSync(join(tree, 'bin/jcds'), ['list'], { env: { PATH: empty } });
    expect(stdout.toString()).toBe(`${join(tree, 'bin')}/../lib/node_modules/jcds/bin/../dist/jcds.cjs\n`);
  });
});

function cutShort(status: number): string {
  return (
    `jcds: the plan was cut short (the program ended with status ${status}); nothing was run\n` +
    `hint: does it start at all? ${stage.writer} --version\n`
  );
}
