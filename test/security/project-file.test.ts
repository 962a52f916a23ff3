import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { APPTAINER, builtFrom, failure, Setting } from '../cli/setting.ts';

// A directory that was cloned brings a .jcds.json with it: it changes nothing before somebody has read and trusted it.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });
setting.publish({ 'library/small:1': builtFrom('small:1') }, 'evil.example.org');
const clone = join(setting.home, 'clone');
const file = join(clone, '.jcds.json');
const trusted = join(setting.home, '.config/jcds');
mkdirSync(clone);
writeFileSync(join(clone, 'ls'), '#!/bin/sh\necho PWNED\n', { mode: 0o755 });

const EXEC = ['exec', '--runtime', 'apptainer'];
const jcds = (words: readonly string[], env: Record<string, string> = {}, cwd = clone) =>
  setting.jcds(words, { cwd, env });
const write = (content: object) => writeFileSync(file, JSON.stringify(content));

beforeEach(() => rmSync(trusted, { recursive: true, force: true }));

/** The same at a terminal. */
function atTerminal(
  words: readonly string[],
  env: Record<string, string> = {},
  keys?: [after: string, typed: string],
) {
  const pty = spawn(setting.program, [...words], {
    cwd: clone,
    env: setting.environment({ TERM: 'xterm', ...env }),
    cols: 2000,
  });
  let text = '';
  let asked = false;
  pty.onData(piece => {
    text += piece.replaceAll('\r\n', '\n');
    if (keys === undefined || asked || !text.includes(keys[0])) return;
    asked = true;
    pty.write(keys[1]);
  });
  return new Promise<{ code: number; text: string }>(resolve =>
    pty.onExit(({ exitCode }) => resolve({ code: exitCode, text })),
  );
}

/** What a project file tries, and what of a job's command line or script shows that it worked. */
const ATTACKS: [what: string, content: object, shows: string][] = [
  ['a program of the image replaced', { binds: ['ls:/usr/bin/ls'] }, ':/usr/bin/ls'],
  [
    'a script that every start reads',
    { binds: ['ls:/.singularity.d/env/99-zz.sh:ro'] },
    ':/.singularity.d/env/99-zz.sh',
  ],
  ['a start-up file of the home', { binds: [`ls:${setting.home}/.bashrc`] }, '/.bashrc'],
  ['the repository replaced', { binds: ['.:/cvmfs/containers.jinr.ru'] }, ':/cvmfs/containers.jinr.ru'],
  ['another repository', { repositories: ['evil.example.org'] }, '/evil.example.org/'],
  ['another image for `.`', { image: 'evil.example.org/small:1' }, '/evil.example.org/'],
];

describe.each(ATTACKS)('%s', (_what, content, shows) => {
  const image = 'image' in content ? '.' : 'small:1';
  test.each([
    [[...EXEC, image, 'ls']],
    [[...EXEC, '--contain', '--no-home', image, 'ls']],
    [['wrap', '--runtime', 'apptainer', image, 'ls']],
  ])('%j, nothing trusted', words => {
    write(content);
    const { code, stdout, stderr } = jcds(words);
    expect(stdout).not.toContain(shows);
    expect({ code, stdout, stderr }).toEqual({
      code: words[0] === 'exec' ? 125 : 2,
      stdout: '',
      stderr: failure(
        `${file} wants to change what jcds does, and was never trusted`,
        `read it and trust it: jcds config trust ${clone}`,
      ),
    });
  });
});

describe('a project that was trusted', () => {
  const trust = (content: object) => {
    write(content);
    setting.trust(clone);
  };

  test.each(ATTACKS.filter(([, content]) => 'binds' in content))(
    'shows nothing at the place of something else (%s), and says so',
    (_what, content, shows) => {
      trust(content);
      const [bind] = (content as { binds: string[] }).binds;
      for (const words of [
        [...EXEC, 'small:1', 'ls'],
        ['wrap', '--runtime', 'apptainer', 'small:1', 'ls'],
      ]) {
        const { code, stdout, stderr } = jcds(words);
        expect([code, stdout.includes(shows)]).toEqual([0, false]);
        expect(stderr).toContain(
          `jcds: ${file}: the bind ${JSON.stringify(bind)} is not shown: what a project binds appears at its own path only\n`,
        );
      }
    },
  );

  test('shows nothing where a colon in its own path would say so', () => {
    const parted = join(setting.home, 'tools:/usr/local/bin');
    mkdirSync(parted, { recursive: true });
    mkdirSync(join(setting.home, 'tools'));
    writeFileSync(join(parted, '.jcds.json'), JSON.stringify({ binds: ['.'] }));
    setting.trust(parted);
    for (const words of [
      [...EXEC, '--contain', '--no-home', 'small:1', 'ls'],
      ['wrap', '--runtime', 'apptainer', 'small:1', 'ls'],
    ]) {
      const { code, stdout, stderr } = jcds(words, {}, parted);
      expect([code, stdout.includes(`${setting.home}/tools:/usr/local/bin`)]).toEqual([0, false]);
      expect(stderr).toContain(
        `jcds: ${parted}/.jcds.json: the bind "." is not shown: "${parted}" has a colon, which parts the words of a bind\n`,
      );
    }
  });

  test.each([
    [{ binds: ['.::ro'] }, `${clone}:${clone}:ro`, `binds = ["${clone}::ro"]`],
    [{ repositories: ['evil.example.org'] }, '/evil.example.org/', 'repositories = ["evil.example.org"]'],
  ])('changes what it says, and that is said at each start: %j', (content, shows, said) => {
    trust(content);
    for (let start = 0; start < 2; start += 1) {
      const { code, stdout, stderr } = jcds([...EXEC, 'small:1', 'ls']);
      expect([code, stdout.includes(shows), stderr]).toEqual([0, true, `jcds: ${file} sets ${said}\n`]);
    }
  });

  test('is not trusted any more when one byte of it has changed, or the user says so', () => {
    trust({ image: 'small:1' });
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(0);
    write({ image: 'small:2' });
    expect(jcds([...EXEC, '.', 'ls'])).toEqual({
      code: 125,
      stdout: '',
      stderr: failure(
        `${file} wants to change what jcds does, and has changed since it was trusted`,
        `read it and trust it: jcds config trust ${clone}`,
      ),
    });
    trust({ image: 'small:1' });
    expect(jcds(['config', 'untrust'])).toEqual({
      code: 0,
      stdout: `${file} is not trusted any more\n`,
      stderr: '',
    });
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(125);
    expect(jcds(['config', 'untrust']).code).toBe(1);
  });

  test('is trusted in its own place, not where its bytes are copied to', () => {
    trust({ image: 'small:1' });
    const copy = join(setting.home, 'copy');
    mkdirSync(copy);
    writeFileSync(join(copy, '.jcds.json'), readFileSync(file));
    expect(jcds([...EXEC, '.', 'ls'], {}, copy).code).toBe(125);
  });

  test('is trusted by a list that nobody else could have written', () => {
    trust({ image: 'small:1' });
    const list = join(trusted, 'trusted.json');
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(0);
    chmodSync(list, 0o666);
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(125);
    chmodSync(list, 0o600);
    renameSync(list, `${list}.real`);
    symlinkSync(`${list}.real`, list);
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(125);
    rmSync(list);
    execFileSync('mkfifo', [list]);
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(125);
  });
});

describe('jcds config trust', () => {
  const shown = `${file}:\n{"image":"small:1","gpu":"none"}\nIt sets:\n  image = "small:1"\n${file}, line 1: a project may not set gpu\n`;
  beforeEach(() => write({ image: 'small:1', gpu: 'none' }));

  test('shows the file whole, and trusts nothing where nobody can be asked', () => {
    expect(jcds(['config', 'trust'])).toEqual({
      code: 2,
      stdout: shown,
      stderr: failure(
        'nobody can be asked here whether this is to be trusted',
        `jcds config trust --yes ${clone}`,
      ),
    });
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(125);
  });

  test.each([
    ['y\r', 0, 0],
    ['n\r', 1, 125],
  ])('asks at a terminal (%j)', async (answer, code, later) => {
    const ended = await atTerminal(['config', 'trust'], {}, ['[y/N] ', answer]);
    expect(ended.code).toBe(code);
    expect(ended.text.startsWith(shown)).toBe(true);
    expect(jcds([...EXEC, '.', 'ls']).code).toBe(later);
  });

  test('shows no character that a terminal obeys', () => {
    writeFileSync(file, '{"image":"small:1","\u202etxt":"a"}');
    const { stdout } = jcds(['config', 'trust']);
    expect([/\u202e/.test(stdout), stdout.includes('?txt')]).toEqual([false, true]);
  });

  test('the command of the hint is one, whatever the directory is called', () => {
    const odd = join(setting.home, "a;touch PWNED;$(id)'b");
    mkdirSync(odd);
    writeFileSync(join(odd, '.jcds.json'), readFileSync(file));
    const { stderr } = jcds([...EXEC, '.', 'ls'], {}, odd);
    const command = /trust it: jcds (.*)\n$/.exec(stderr)?.[1];
    const words = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' });
    expect(words).toBe(`config\ntrust\n${odd}\n`);
  });

  test.each([
    ['/etc', 'there is no .jcds.json of yours in it or above it'],
    ['/nonexistent', 'there is no .jcds.json of yours in it or above it'],
  ])('of %s', (directory, reason) => {
    expect(jcds(['config', 'trust', directory])).toEqual({
      code: 1,
      stdout: '',
      stderr: failure(`${directory}: ${reason}`, `ls -la ${directory}`),
    });
  });
});

describe('where somebody reads it', () => {
  test('one that is not trusted is left out, and that is said', async () => {
    write({ repositories: ['evil.example.org'] });
    const { code, text } = await atTerminal([...EXEC, 'small:1', 'ls']);
    expect([code, text.includes('/evil.example.org/')]).toEqual([0, false]);
    expect(text).toContain(
      `jcds: ${file} is not used: it was never trusted; read it and trust it: jcds config trust ${clone}\n`,
    );
  });
  test.each(['_CONDOR_JOB_AD', 'SLURM_JOB_ID', 'PBS_JOBID', 'LSB_JOBID'])(
    'but a batch job (%s) is none of these',
    async name => {
      write({ repositories: ['evil.example.org'] });
      const { code, text } = await atTerminal([...EXEC, 'small:1', 'ls'], { [name]: '1' });
      expect([code, text.includes('never trusted')]).toEqual([125, true]);
    },
  );
  test('config list and get tell, and say whose each setting is', () => {
    write({ image: 'small:1' });
    const { code, stdout, stderr } = jcds(['config', 'list']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'image = null  (default)']);
    expect(stderr).toMatch(/is not used: it was never trusted/);
    expect(jcds(['config', 'get', 'image']).stdout).toBe('null\n');
    setting.trust(clone);
    expect(jcds(['config', 'list']).stdout.split('\n')[0]).toBe(`image = "small:1"  (${file}, trusted)`);
    expect(JSON.parse(jcds(['config', 'list', '--json']).stdout)).toMatchObject({
      sources: { image: file },
      project: { file, standing: 'trusted' },
    });
  });
});
