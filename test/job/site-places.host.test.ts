import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ShownStage } from './shown-stage.ts';

// What sites set for Apptainer about places counts on every runtime, as it does for Apptainer started by hand.
const stage = new ShownStage();
const runtimes = await stage.prepare();
const marker = mkdtempSync('/tmp/jcds-site-');
afterAll(async () => {
  rmSync(marker, { recursive: true });
  await stage.remove();
});
const { home } = stage;
writeFileSync(join(home, 'own'), 'own\n');
const data = stage.directory('data', { f: 'f of data\n', 'home/own': 'of another home\n' });

/** Home and working directory, whether they are the host's, and whether /tmp is. */
const SCRIPT = `echo "home $HOME"; cat "$HOME/own" 2>/dev/null; pwd; cat f 2>/dev/null; ls -d ${marker} 2>/dev/null; :`;
// Apptainer has the account's home where nobody says otherwise.
const ours = ['--home', home];

describe.each(runtimes)('%s', runtime => {
  test.each([
    ['CONTAIN', '1'],
    ['CONTAIN', 'false'],
    ['CONTAINALL', 'TRUE'],
    ['COMPAT', '1'],
    ['NO_MOUNT', 'tmp'],
    ['NO_MOUNT', 'cwd, tmp'],
    ['PWD', '/usr'],
    ['CWD', '/bin'],
    ['HOME', `${data}/home`],
    ['HOME', `${data}/home:/h`],
  ])('%s=%s', (key, value) => {
    const isContained = ['CONTAIN', 'CONTAINALL', 'COMPAT'].includes(key) && value !== 'false';
    const env = { [`APPTAINER_${key}`]: value };
    const hand = key === 'HOME' ? [] : isContained ? ['--home', `/proc/0/home:${home}`] : ours;
    const bare = stage.bare(SCRIPT, { env, cwd: data, options: hand });
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(stage.sh(runtime, SCRIPT, { env, cwd: data })).toEqual(bare);
    const twin = { [`SINGULARITY_${key}`]: value };
    expect(stage.sh(runtime, SCRIPT, { env: twin, cwd: data })).toEqual(bare);
  });

  test.each([{ APPTAINER_NO_HOME: '1' }, { APPTAINER_NO_MOUNT: 'home' }])('%j: an empty home', env => {
    const stdout = `home ${home}\n${data}\nf of data\n${marker}\n`;
    expect(stage.sh(runtime, `${SCRIPT}; ls -A "$HOME"`, { env, cwd: data })).toEqual({
      code: 0,
      stdout,
      stderr: '',
    });
  });

  test.each<[Record<string, string>, string[]]>([
    [{ APPTAINER_HOME: `${data}/home:/h`, APPTAINER_NO_HOME: '1' }, []],
    [{ APPTAINER_HOME: `${data}/home`, APPTAINER_NO_MOUNT: 'home' }, ['--contain']],
    [{ SINGULARITY_HOME: '/no/such' }, ['--no-home']],
  ])('%j %j: the name of a home that is not shown', (env, options) => {
    const script = 'echo "$HOME"; grep -o ":[^:]*:[^:]*$" /etc/passwd | tail -n 1';
    const bare = stage.bare(script, { env, cwd: data, options });
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(stage.sh(runtime, script, { env, cwd: data, options })).toEqual(bare);
  });

  test('an option beats them', () => {
    const env = { APPTAINER_NO_HOME: '1', APPTAINER_PWD: '/usr' };
    const options = ['--home', `${data}/home`, '--workdir', data];
    const stdout = `home ${data}/home\nof another home\n${data}\nf of data\n${marker}\n`;
    expect(stage.sh(runtime, SCRIPT, { env, cwd: data, options })).toEqual({ code: 0, stdout, stderr: '' });
  });
});
