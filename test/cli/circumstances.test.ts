import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lives } from '../processes.ts';
import { APPTAINER, builtFrom, failure, Setting } from './setting.ts';

// A host on which something is missing, full or closed; and a plan that is interrupted.
const setting = new Setting();
afterAll(() => setting.remove());
const apptainer = setting.install('apptainer', APPTAINER);
const real = setting.publish({ 'library/small:1': builtFrom('small:1') });
const path = `${real['library/small:1']}\n`;
const exec = ['exec', 'small:1', 'ls'];

describe('output', () => {
  const full = failure(
    'standard output cannot be written (ENOSPC)',
    'see whether the disk that it goes to is full: df',
  );
  test.each([
    ['resolve small:1', 1],
    ['list', 1],
    ['status small:1', 1],
    ['wait --timeout 1s small:1', 1],
    ['cache', 1],
    ['cache small:1', 1],
    ['wrap small:1 ls', 1],
    ['help exit-codes', 1],
    ['config list', 1],
    ['exec --dry-run small:1 ls', 125],
  ])('to a full disk: %s', (line, code) => {
    expect(setting.sh(`"$jcds" ${line} >/dev/full`)).toEqual({ code, stdout: '', stderr: full });
  });

  test('both streams to a full disk: the code tells', () => {
    expect(setting.sh('"$jcds" resolve small:1 >/dev/full 2>&1')).toEqual({
      code: 1,
      stdout: '',
      stderr: '',
    });
    expect(setting.sh('"$jcds" exec none:1 ls 2>/dev/full')).toEqual({ code: 125, stdout: '', stderr: '' });
  });

  test('closed streams', () => {
    expect(setting.sh('"$jcds" resolve small:1 >&-')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(setting.sh('"$jcds" exec none:1 ls >&- 2>&-')).toEqual({ code: 125, stdout: '', stderr: '' });
    expect(setting.sh('"$jcds" resolve small:1 <&-')).toEqual({ code: 0, stdout: path, stderr: '' });
  });

  test('a pipe without a reader', () => {
    const line = (words: string) => `{ trap '' PIPE; "$jcds" ${words}; echo "$?" >&2; } | :`;
    const reports = [
      'status small:1',
      'wait small:1',
      'cache',
      'cache --json',
      'cache small:1',
      'wrap small:1 ls',
    ];
    for (const words of ['resolve small:1', 'exec -n small:1 ls', '--help', ...reports])
      expect([words, setting.sh(line(words))]).toEqual([words, { code: 0, stdout: '', stderr: '0\n' }]);
  });

  test.each(['status --watch small:1', 'cache --watch'])('%s ends when nobody reads any more', words => {
    const line = `{ trap '' PIPE; "$jcds" ${words}; echo "$?" >&2; } | :`;
    expect(setting.sh(line)).toEqual({ code: 0, stdout: '', stderr: '0\n' });
  });
});

describe('without', () => {
  const ran = { code: 0, stdout: expect.stringMatching(/<ls>\n$/), stderr: '' };

  test('HOME: the account’s is taken', () => {
    expect(setting.jcds(exec, { env: { HOME: undefined } })).toEqual(ran);
    expect(setting.jcds(exec, { env: { HOME: '' } })).toEqual(ran);
  });

  test.each([['absent'], ['/proc/nobody']])(
    'a home that exists: %s is not made, and nothing waits for it',
    name => {
      const home = join(setting.folder, name);
      const place = name.startsWith('/') ? name : home;
      const { code, stdout } = setting.jcds(exec, { env: { HOME: place } });
      expect([code, existsSync(place)]).toEqual([0, false]);
      // As by hand: Apptainer takes the account's where HOME names no directory.
      expect(stdout).toContain(`<--home>\n<${userInfo().homedir}>\n`);
    },
  );

  test('PATH', () => {
    const env = { PATH: undefined };
    expect(setting.jcds(['resolve', 'small:1'], { env })).toEqual({ code: 0, stdout: path, stderr: '' });
    expect(setting.jcds(['resolve', 'none:1'], { env })).toMatchObject({ code: 1, stdout: '' });
  });

  test('a place to remember anything', () => {
    const blocked = join(setting.home, 'file');
    writeFileSync(blocked, '');
    for (const cache of [blocked, join(blocked, 'below'), '/proc', 'relative', '/dev/null'])
      expect(setting.jcds(exec, { env: { XDG_CACHE_HOME: cache } })).toEqual(ran);
    expect(readdirSync(setting.work)).toEqual([]);
  });

  test('a working directory: the job starts in the home directory', () => {
    const gone = join(setting.folder, 'gone');
    const script = `mkdir '${gone}' && cd '${gone}' && rmdir '${gone}' && exec "$jcds"`;
    const { code, stdout, stderr } = setting.sh(`${script} exec small:1 ls`);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`<--pwd>\n<${setting.home}>\n`)]);
    expect(stderr.replace(/^.*getcwd\(\) failed.*\n/gm, '')).toBe('');
    expect(setting.sh(`${script} resolve small:1`).stdout).toBe(path);
    // Node itself makes an absolute path of HOME before its first line.
    const relative = setting.sh(`HOME=relative; export HOME; ${script} exec small:1 ls`);
    expect(relative).toMatchObject({ code: 0, stderr: expect.not.stringContaining('uv_cwd') });
    expect(setting.sh(`HOME=relative; export HOME; ${script} resolve small:1`).stdout).toBe(path);
    expect(setting.sh(`${script} exec -B data small:1 ls`).stderr).toContain(
      'jcds: --bind "data": the source is relative, and the working directory cannot be read\n',
    );
  });
});

describe('interrupted while it plans', () => {
  const started = join(setting.folder, 'started');
  const hangs = `case "$*" in */jcds-probe) echo $$ >'${started}'; exec sleep 1000 ;; esac\necho ran; exit 7`;

  /** Starts jcds and resolves when it waits for the runtime's probe. */
  async function plan(): Promise<{ child: ChildProcess; probe: number; ended: Promise<unknown[]> }> {
    setting.install('apptainer', hangs);
    rmSync(join(setting.home, '.cache'), { recursive: true, force: true });
    rmSync(started, { force: true });
    const watching = watch(setting.folder);
    const child = spawn(setting.program, exec, { cwd: setting.work, env: setting.environment() });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (printed += data));
    // The last holder of the pipes has gone by then: the launcher, and the program that it started.
    const ended = once(child, 'close').then(([code, signal]) => [code, signal, printed]);
    while (!existsSync(started) || readFileSync(started, 'utf8') === '') await once(watching, 'change');
    watching.close();
    return { child, probe: Number(readFileSync(started, 'utf8')), ended };
  }

  async function ends(pid: number): Promise<void> {
    for (let tries = 0; lives(pid); tries++) {
      expect(tries).toBeLessThan(1000);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    '%s: nothing runs or is printed, and nothing stays',
    async signal => {
      const { child, probe, ended } = await plan();
      child.kill(signal);
      expect(await ended).toEqual([null, signal, '']);
      await ends(probe);
    },
  );

  test('a plan that is cut short does not run', async () => {
    const { child, ended } = await plan();
    const planner = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    process.kill(Number(planner), 'SIGKILL');
    const message = 'the plan was cut short (the program ended with status 137); nothing was run';
    const hint = `does it start at all? ${process.execPath} --version`;
    // Its shell may say "Killed" before.
    expect(await ended).toEqual([125, null, expect.stringMatching(/^(?:Killed\n)?jcds: /)]);
    expect((await ended)[2]).toContain(failure(message, hint));
    process.kill(Number(readFileSync(started, 'utf8')), 'SIGKILL');
  });

  test('an earlier run’s status file is gone by then', async () => {
    const file = join(setting.work, 'status.json');
    mkdirSync(setting.work, { recursive: true });
    writeFileSync(file, 'of an earlier run');
    exec.splice(1, 0, '--status-file', file);
    const { child, probe, ended } = await plan();
    expect(existsSync(file)).toBe(false);
    child.kill('SIGTERM');
    await ended;
    await ends(probe);
    expect(existsSync(file)).toBe(false);
    expect(apptainer).toBe(join(setting.programs, 'apptainer'));
  });
});
