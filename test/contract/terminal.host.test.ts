import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { containers, imageAt } from './containers.ts';
import { MATRIX } from './matrix.ts';
import { Terminal } from './terminal.ts';
import { Workplace } from './workplace.ts';

const all = await containers();
const work = new Workplace();
afterAll(async () => {
  work.remove();
  for (const { surroundings } of all) await surroundings.close?.();
});

describe.concurrent.each(all.map(container => [container.label, container] as const))('%s', (_, it) => {
  const cells = MATRIX[it.name];
  const image = imageAt('library/debian:12');

  /** A job on a terminal, started by a shell of the host or by nobody else. */
  function onTerminal(script: string, by: readonly string[] = []): Terminal {
    const words = ['/bin/bash', '-c', script];
    const command = work.command(it, { image, words, request: { interactive: true } });
    return new Terminal([...by, ...command], work.directory, { PATH: process.env.PATH ?? '' });
  }

  test('the job has the terminal, with its size, also when it changes', async ({ onTestFinished }) => {
    const terminal = onTerminal(
      'for i in 0 1 2; do [ -t $i ] || echo "$i is none"; done; trap "told=yes" WINCH; stty size; echo ready; until stty size | grep -x "44 101"; do sleep 0.05; done; read -r x; echo "got $x, told: $told"; exit 7',
    );
    onTestFinished(() => terminal.close());
    if (cells.terminalSize === 'from the start') await terminal.see(/^33 77\r\nready\r\n/);
    else await terminal.see(/ready\r+\n/);
    terminal.resize(101, 44);
    // An engine whose client still tells the first size may miss a change.
    const again = setInterval(() => {
      if (cells.terminalSize === 'from the start') return;
      terminal.resize(100, 44);
      terminal.resize(101, 44);
    }, 1000);
    onTestFinished(() => clearInterval(again));
    await terminal.see(/44 101\r+\n/);
    terminal.type('typed\r');
    await terminal.see(/got typed, told: yes\r+\n/);
    expect((await terminal.end).exitCode).toBe(7);
  });

  test('of its standard streams only some may be terminals', async ({ onTestFinished }) => {
    if (cells.standardInput === 'none') return;
    const job = 'for i in 0 1 2; do [ -t $i ] && printf "%s " $i; done; read -r x; echo "job $x"';
    const request = { interactive: false, hasTerminal: true, hasInput: true };
    const command = work.command(it, { image, words: ['/bin/bash', '-c', job], request });
    const lines = 'printf "%s\\n" 1 2 3 | { read -r x; "$@"; read -r x; echo "left $x"; }';
    const terminal = new Terminal(['sh', '-c', lines, 'sh', ...command], work.directory, {
      PATH: process.env.PATH ?? '',
    });
    onTestFinished(() => terminal.close());
    await terminal.see(cells.someTerminals === 'them' ? /^1 2 job 2\r+\n/ : /^job 2\r+\n/);
    await terminal.see(cells.standardInput === 'passed' ? /left 3\r\n/ : /left \r\n/);
  });

  test('Ctrl-C reaches a job that traps it', async ({ onTestFinished }) => {
    const terminal = onTerminal('trap "echo trapped; exit 42" INT; echo ready; while :; do sleep 0.05; done');
    onTestFinished(() => terminal.close());
    await terminal.see(/ready/);
    terminal.type('\u0003');
    expect(await terminal.end).toEqual(
      cells.trapped === 'job decides' ? { exitCode: 42, signal: 0 } : { exitCode: 0, signal: 2 },
    );
  });

  test('Ctrl-C ends a job that does not', async ({ onTestFinished }) => {
    const terminal = onTerminal('echo ready; sleep 20; echo survived');
    onTestFinished(() => terminal.close());
    await terminal.see(/ready/);
    terminal.type('\u0003');
    expect(await terminal.end).toEqual(
      cells.untrapped === 'signal' ? { exitCode: 0, signal: 2 } : { exitCode: 130, signal: 0 },
    );
  });

  test('Ctrl-Z stops the job, and fg continues it', async ({ expect, onTestFinished }) => {
    const lines = 'PS1=; "$@"; echo "left $?"; fg; echo "ended $?"';
    const shell = ['bash', '--norc', '--noprofile', '-ic', lines, 'bash'];
    const mark = `mark-${it.key}-${process.pid}`;
    const job = `: ${mark}; echo ready; read -r x; echo "got $x"; exit 7`;
    const terminal = onTerminal(job, cells.suspend === 'stops the job' ? shell : []);
    onTestFinished(() => terminal.close());
    await terminal.see(/ready\r+\n/);
    terminal.type('\u001a');
    // Stopped by either signal: TSTP, or STOP by which Apptainer's starter stops itself.
    if (cells.suspend === 'stops the job') await terminal.see(/left 14[78]\r\n/);
    else {
      await expect.poll(() => stoppedProcess(mark), { timeout: 20_000 }).not.toBeNull();
      process.kill(stoppedProcess(mark)!, 'SIGCONT');
    }
    terminal.type('typed\r');
    await terminal.see(/got typed\r+\n/);
    if (cells.suspend === 'stops the job') await terminal.see(/ended 7\r\n/);
    else expect((await terminal.end).exitCode).toBe(7);
  });
});

/** The stopped process of this host in whose words this one is. */
function stoppedProcess(mark: string): number | null {
  const read = (file: string) => {
    try {
      return readFileSync(file, 'latin1');
    } catch {
      return ''; // it has ended
    }
  };
  const found = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .find(
      pid => read(`/proc/${pid}/cmdline`).includes(mark) && /^State:\tT/m.test(read(`/proc/${pid}/status`)),
    );
  return found === undefined ? null : Number(found);
}
