import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lives } from '../processes.ts';
import { setStage } from './stage.ts';

// In a terminal (script(1) makes one): the same terminal, modes and foreground for the job, and Ctrl-C while planning.
const stage = await setStage(true);
afterAll(() => stage.remove());

const PROBE = readFileSync(new URL('probe.pl', import.meta.url), 'utf8');
const ENVIRONMENT = {
  PATH: '/usr/bin:/bin',
  JCDS_NODE: stage.nodes[0]!,
  TERM: 'xterm',
  COLUMNS: '77',
  LINES: '11',
  PROBE,
};
const probe = (report: string): string => `/usr/bin/perl -e "$PROBE" ${join(stage.folder, report)}`;

/** The facts of a probe, and whether the terminal behaves as before. */
function read(report: string): string[] {
  return readFileSync(join(stage.folder, report), 'latin1').split('\n');
}

describe.each(stage.launchers)('$shell', ({ launcher }) => {
  test('the job has the terminal as if started by hand', () => {
    stage.script({
      kind: 'plan',
      plan: { shift: 2, file: '/usr/bin/env', args: [], environment: { set: [], unset: [] } },
    });
    const modes = 'stty -g; stty -a | head -1';
    const commands = [
      modes,
      `/usr/bin/env ${probe('hand')}`,
      modes,
      `${launcher} run IMAGE ${probe('jcds')}`,
      modes,
    ].join('; ');
    const { status, stdout } = spawnSync('script', ['-qec', commands, '/dev/null'], { env: ENVIRONMENT });
    expect(status).toBe(0);
    const printed = stdout.toString().trim().split(/\r\n/);
    expect(printed).toEqual([...printed.slice(0, 2), ...printed.slice(0, 2), ...printed.slice(0, 2)]);
    expect(read('jcds')).toEqual(read('hand'));
    expect(read('jcds').filter(fact => /^descriptor \d \/dev\/pts/.test(fact))).toHaveLength(3);
  });

  test('Ctrl-C while planning', async () => {
    const started = join(stage.folder, 'started');
    stage.script({ kind: 'forever', started, watch: true });
    const watching = watch(stage.folder);
    const terminal = spawn('script', ['-qec', `${launcher} run IMAGE`, '/dev/null'], { env: ENVIRONMENT });
    let printed = '';
    terminal.stdout.on('data', data => (printed += data));
    const closed = once(terminal, 'close');
    while (!existsSync(started) || readFileSync(started, 'utf8') === '') await once(watching, 'change');
    watching.close();
    const planner = Number(readFileSync(started, 'utf8'));
    spawnSync('/bin/rm', [started]);
    terminal.stdin.write('\x03');
    expect(await closed).toEqual([130, null]);
    expect(printed.replace('^C', '')).toMatch(/^(Session terminated.*)?\s*$/);
    await expect.poll(() => lives(planner)).toBe(false);
  });
});
