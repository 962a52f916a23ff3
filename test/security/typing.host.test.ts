import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { Terminal } from '../contract/terminal.ts';

// A job that types into the terminal of its caller (TIOCSTI): the caller's shell reads and runs that when the job is over.
const host = new HostSetting();
afterAll(() => host.remove());
const typing = join(host.setting.folder, 'typing');
beforeAll(() => {
  // Not at a place of its own: int 0x80 knows 32 bits of an address.
  const source = resolve(import.meta.dirname, 'typing.c');
  execFileSync('cc', ['-static', '-no-pie', '-O1', '-o', typing, source]);
  chmodSync(typing, 0o755);
});

/** docs/security.md says this: where the kernel lets anybody type, these let the job. */
const LETS = ['apptainer', 'singularity', 'unshare', 'charliecloud'];
const isLegacy = (): boolean => {
  try {
    return readFileSync('/proc/sys/dev/tty/legacy_tiocsti', 'utf8').trim() === '1';
  } catch {
    return true; // before Linux 6.2
  }
};

const cells = host.people.flatMap(person =>
  usableBy(person).map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
  });
  afterAll(() => around.close?.());

  /** What the caller's shell reads after the job; somebody types `own` when it is over. */
  async function readByShell(
    redirections: string,
    onTestFinished: (end: () => void) => void,
    by: readonly string[] = [],
  ): Promise<string> {
    const words = [
      'exec',
      '--runtime',
      name,
      '-B',
      `${typing}:/typing`,
      'library/small:1',
      '/typing',
      'HIJACK\n',
    ];
    const script = `"$@" ${redirections}; echo over; IFS= read -r line; echo "shell read: $line"`;
    const command = host.words(person, ['sh', '-c', script, 'sh', ...by, host.setting.program, ...words], {
      around,
    });
    const terminal = new Terminal(command, host.work(person), { PATH: process.env.PATH ?? '' });
    onTestFinished(() => terminal.close());
    await terminal.see(/over\r\n/);
    terminal.type('own\r');
    const [, line = ''] = await terminal.see(/shell read: (\w*)\r\n/);
    return line;
  }

  // With other standard streams it still has the controlling terminal, /dev/tty.
  test.each(['', '</dev/null 2>&1 | cat'])('streams: %j', async redirections => {
    const ends: (() => void)[] = [];
    const line = await readByShell(redirections, end => ends.push(end));
    for (const end of ends) end();
    expect(line).toBe(isLegacy() && LETS.includes(name) ? 'HIJACK' : 'own');
  });

  test('setsid takes the terminal away', async ({ onTestFinished }) => {
    expect(await readByShell('</dev/null 2>&1 | cat', onTestFinished, ['setsid', '-w'])).toBe('own');
  });
});
