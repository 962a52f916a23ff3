import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { singularityRecord } from '../hosts/image-files.ts';
import { APPTAINER, builtFrom, Setting } from './setting.ts';

// Words, names and values of any bytes, on their way from the caller's shell to the runtime. One character is one byte.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', `${APPTAINER}\n/usr/bin/env -0 | LC_ALL=C sort -z | tr '\\0' '|'`);
setting.publish({
  'library/small:1': builtFrom('small:1'),
  'library/entry:1': builtFrom(
    'entry:1',
    singularityRecord({ from: 'entry:1', entrypoint: ['/bin/echo', 'it’s'] }),
  ),
  'library/noshell:1': { files: { 'bin/prog': { program: '\x7fELF' }, etc: { directory: 0o755 } } },
});
const latin1 = { encoding: 'latin1' } as const;

/** What stood after the image, and the environment, of a run whose command line is written in shell. */
function run(line: string, image = '.images/'): { given: string; environment: string; stderr: string } {
  const { stdout, stderr } = setting.sh(`exec "$jcds" ${line}`, latin1);
  const at = stdout.indexOf('>\n', stdout.indexOf(image, stdout.indexOf('--pwd')));
  const end = stdout.lastIndexOf('>\n') + 2;
  return { given: stdout.slice(at + 2, end), environment: `|${stdout.slice(end)}`, stderr };
}

describe('arguments', () => {
  test.each([
    ['newlines and quotes', `'a\nb' '"' "it's" '' '\\'`, '<a\nb>\n<">\n<it\'s>\n<>\n<\\>\n'],
    ['what a shell would evaluate', "'$HOME' '$(id)' '`id`' '*' '~'", '<$HOME>\n<$(id)>\n<`id`>\n<*>\n<~>\n'],
    ['control characters', "'\x1b[2J' '\x01\x7f' 'a\tb\r'", '<\x1b[2J>\n<\x01\x7f>\n<a\tb\r>\n'],
    ['the end of a plan', "'#jcds:end' '\n#jcds:end'", '<#jcds:end>\n<\n#jcds:end>\n'],
    [
      'options of jcds and of Node',
      '--json -n --env-file=x --inspect',
      '<--json>\n<-n>\n<--env-file=x>\n<--inspect>\n',
    ],
  ])('%s', (_title, words, given) => {
    expect(run(`exec small:1 echo ${words}`)).toMatchObject({ given: `<echo>\n${given}`, stderr: '' });
    expect(run(`run entry:1 ${words}`)).toMatchObject({
      given: `</bin/echo>\n<it\xe2\x80\x99s>\n${given}`,
      stderr: '',
    });
  });

  test('200 kB in all', () => {
    const words = Array.from({ length: 2000 }, (_, index) => `${index}${'x'.repeat(100)}`);
    const { given } = run(`exec small:1 echo ${words.join(' ')}`);
    expect(given).toBe(`<echo>\n${words.map(word => `<${word}>\n`).join('')}`);
    expect(given.length).toBeGreaterThan(200_000);
  });

  // Apptainer changes such bytes, so jcds carries them past it; test/contract shows that the job gets them.
  test('bytes that are not UTF-8 are carried to the image’s shell in variables', () => {
    const { given, environment } = run("exec small:1 echo 'a\xff' \"it's\"");
    expect(given).toMatch(
      /^<\/bin\/sh>\n<-c>\n<eval "unset JCDS_ARGUMENTS_0;.*>\n<sh>\n<echo>\n<a\xff>\n<it's>\n$/s,
    );
    expect(environment).toContain("|APPTAINERENV_JCDS_ARGUMENTS_0='echo' 'a$(printf '\\377')' 'it'\\\\''s'|");
  });

  test('and are an error where there is no such shell', () => {
    const ended = setting.sh('exec "$jcds" exec -q library/noshell:1 /bin/prog \'\xff\'', latin1);
    expect(ended).toEqual({
      code: 125,
      stdout: '',
      stderr:
        'jcds: apptainer changes arguments that are not UTF-8, and the image has no /bin/sh to restore them\n' +
        'hint: jcds run --runtime unshare\n',
    });
  });

  test('an image’s name is shown without what a terminal would obey', () => {
    const { code, stderr } = setting.sh('exec "$jcds" exec \'a\xff\x1b[1m\x9b\' ls', latin1);
    expect(code).toBe(125);
    expect(stderr).toMatch(/^jcds: invalid image reference "a\?\?\[1m.*": .*\nhint: .*\n$/);
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\xff]/);
  });
});

describe('binds, directories and variables', () => {
  const odd = 'it\'s $(id) \\ "x" \n,:=\x01\xc3\xa9';
  const shell = `'${odd.replaceAll("'", `'\\''`)}'`;

  test('a bind source and its place of any bytes', () => {
    setting.sh(`mkdir -p ${shell}/sub`);
    const { stdout, stderr } = setting.sh(
      `exec "$jcds" exec --mount 'type=bind,"src='${`'${odd.replaceAll("'", `'\\''`).replaceAll('"', '""')}'`}'","dst=/in/\x01"' small:1 ls`,
      latin1,
    );
    expect(stderr).toBe('');
    expect(stdout).toContain(
      `<type=bind,"src=${`${setting.work}/${odd}`.replaceAll('"', '""')}",dst=/in/\x01>\n`,
    );
  });

  test('a working directory of any bytes', () => {
    const { stdout, stderr } = setting.sh(`cd ${shell}/sub && exec "$jcds" exec small:1 ls`, latin1);
    expect(stderr).toBe('');
    expect(stdout).toContain(`<--pwd>\n<${setting.work}/${odd}/sub>\n`);
  });

  test.each([
    ['a home', 'mkdir h\xff && export HOME=$PWD/h\xff && exec "$jcds" exec small:1 ls'],
    ['a working directory', 'mkdir w\xff && cd w\xff && exec "$jcds" exec small:1 ls'],
    ['a bind source', 'mkdir b\xff && exec "$jcds" exec -B b\xff small:1 ls'],
    ['a place inside', 'exec "$jcds" exec -B /usr:/u\xff small:1 ls'],
  ])('%s that is not UTF-8 is an error where the runtime cannot show it', (_title, line) => {
    const message = 'apptainer cannot show directories or files whose names are not UTF-8';
    const ended = setting.sh(line, { ...latin1, env: { JCDS_RUNTIMES: 'apptainer' } });
    expect(ended).toEqual({
      code: 125,
      stdout: '',
      stderr: expect.stringMatching(`^jcds: ${message}\nhint: jcds run --runtime `),
    });
  });

  test('values of --env, of --env-file and of the caller’s own variables', () => {
    writeFileSync(join(setting.work, 'vars'), Buffer.from('FILE=f\xff $x `y` "z"\n', 'latin1'));
    const line = `exec "$jcds" exec --env-file vars --env 'E=it'\\''s $HOME \\ \xff\n"' small:1 ls`;
    const { stdout, stderr } = setting.sh(`export A='a\nb \xff'; ${line}`, latin1);
    const environment = `|${stdout.slice(stdout.lastIndexOf('>\n') + 2)}`;
    expect(stderr).toBe('');
    expect(environment).toContain('|A=a\nb \xff|');
    expect(environment).toContain("|APPTAINERENV_E=it's \\$HOME \\\\ $(printf '\\377')\n\"|");
    expect(environment).toContain('|APPTAINERENV_FILE=f$(printf \'\\377\') \\$x \\`y\\` "z"|');
  });

  test('none of it leaves a file behind', () => {
    mkdirSync(join(setting.work, 'empty'));
    setting.sh('cd empty && exec "$jcds" exec small:1 ls');
    expect(readdirSync(join(setting.work, 'empty'))).toEqual([]);
  });
});
