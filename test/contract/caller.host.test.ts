import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GpuFacts } from '../../src/runtimes/gpu.ts';
import { type Container, containers, imageAt } from './containers.ts';
import { MATRIX, retriesWhere } from './matrix.ts';
import { ended, says, Workplace } from './workplace.ts';

const all = await containers();
const work = new Workplace();
const device = `/dev/jcds-test-${process.pid}`;
const library = join(work.directory, 'libcuda.so.1');
beforeAll(() => {
  // Like /dev/zero, and like nothing that a real host has by this name.
  spawnSync('mknod', ['-m', '666', device, 'c', '1', '5']);
  writeFileSync(library, 'a library');
});
afterAll(async () => {
  rmSync(device, { force: true });
  work.remove();
  for (const { surroundings } of all) await surroundings.close?.();
});

for (const it of all) {
  const cells = MATRIX[it.name];
  describe.concurrent(it.label, { retry: retriesWhere(cells.output) }, () => contract(it));
}

function contract(it: Container): void {
  const cells = MATRIX[it.name];
  const { person } = it;

  test('the version is the one that the page names', () => {
    expect(it.host.version).toMatch(RegExp(`^${it.version.replaceAll('.', '\\.')}(?!\\d)`));
  });

  test('every limit is the caller’s, soft and hard', async () => {
    const file = join(work.directory, `limits-${it.key}`);
    const lowered = {
      core: [0, 0],
      fsize: [2 ** 30, 2 ** 31],
      stack: [2 ** 22, 6 * 2 ** 20],
      nofile: [1200, 1300],
      cpu: [600, 700],
    } as const;
    const before = `ulimit -c 0; ulimit -Sf 2097152; ulimit -Hf 4194304; ulimit -Ss 4096; ulimit -Hs 6144
ulimit -Sn 1200; ulimit -Hn 1300; ulimit -St 600; ulimit -Ht 700; while read -r l; do printf '%s\\n' "$l"; done </proc/$$/limits >${file}`;
    const limits = work.request(it, {}).limits.map(limit => {
      const [soft, hard] = lowered[limit.name as keyof typeof lowered] ?? [limit.soft, limit.hard];
      return { name: limit.name, soft, hard };
    });
    const { stdout, stderr } = await work.run(it, {
      words: ['cat', '/proc/self/limits'],
      before,
      request: { limits },
    });
    expect(stderr).toBe('');
    const fields = (text: string) => text.split('\n').map(line => line.trim().split(/\s{2,}/));
    const most = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
    const bounded = (limit: string) =>
      cells.manyProcesses === 'kernel.pid_max' && !(Number(limit) <= most) ? String(most) : limit;
    expect(fields(stdout)).toEqual(
      fields(readFileSync(file, 'utf8')).map(line =>
        line[0] === 'Max processes'
          ? line.map((field, at) => (at === 1 || at === 2 ? bounded(field) : field))
          : line,
      ),
    );
  });

  test('the groups are the caller’s: they open what is theirs', async () => {
    const groups = [person.gid, 4, 24];
    const file = join(work.directory, `of-group-${it.key}`);
    writeFileSync(file, 'theirs\n');
    chownSync(file, 65_533, 24);
    chmodSync(file, 0o040);
    const { become } = it.surroundings;
    const grouped = become.includes('--init-groups')
      ? become.map(word => (word === '--init-groups' ? `--groups=${groups.join(',')}` : word))
      : ['setpriv', `--groups=${groups.join(',')}`, '--', ...become];
    const member = { ...it, surroundings: { ...it.surroundings, become: grouped } };
    const user = { uid: person.uid, gid: person.gid, name: person.name, groups };
    const { stdout } = await work.sh(member, `id -G; cat ${file}`, { request: { user } });
    const shown = person.uid === 0 ? cells.rootGroups : cells.groups;
    const ids = shown === 'as they are' ? groups : [person.gid, 65_534, 65_534];
    expect(stdout).toBe(`${ids.join(' ')}\ntheirs\n`);
  });

  test('100 MB go in and come out again', { timeout: 120_000 }, async () => {
    if (cells.standardInput === 'none') {
      const { code, stdout } = await work.sh(it, 'head -c 100000000 /dev/zero');
      expect([code, stdout.length]).toEqual([0, 100_000_000]);
      return;
    }
    const piece = Buffer.from(
      Array.from({ length: 1 << 20 }, (_, index) => (index * 7 + (index >> 8)) & 255),
    );
    const sent = createHash('sha256');
    const came = createHash('sha256');
    const child = work.spawn(it, { words: ['cat'], stdin: 'open' });
    child.stdout?.on('data', (chunk: Buffer) => came.update(chunk));
    const closed = new Promise<number | null>(resolve => child.once('close', resolve));
    for (let count = 0; count < 100; count += 1) {
      sent.update(piece);
      if (child.stdin?.write(piece) === false)
        await new Promise(resolve => child.stdin?.once('drain', resolve));
    }
    child.stdin?.end();
    expect(await closed).toBe(0);
    expect(came.digest('hex')).toBe(sent.digest('hex'));
  });

  test('what the job writes arrives at once, each stream by itself', async () => {
    const gate = join(work.directory, `gate-${it.key}`);
    rmSync(gate, { recursive: true, force: true });
    const script = `printf one; printf two >&2; while ! [ -d ${gate} ]; do sleep 0.05; done; printf ' end'`;
    const child = work.spawn(it, { words: ['/bin/sh', '-c', script] });
    const end = ended(child);
    await Promise.all([says(child, 'one'), says(child, 'two', 'stderr')]);
    mkdirSync(gate);
    expect(await end).toEqual({ code: 0, signal: null, stdout: 'one end', stderr: 'two' });
  });

  test.each(['keep', 'clean', 'hep'] as const)('the locale under %s', async policy => {
    const host = [...work.environment(it), ['LANG', 'C.UTF-8'], ['LC_NUMERIC', 'C']] as const;
    const { stdout, stderr } = await work.run(it, {
      image: imageAt('library/debian:12'),
      words: ['locale', 'charmap'],
      request: { environment: { policy, host, set: [] } },
      environment: host,
    });
    expect([stdout, stderr]).toEqual(['UTF-8\n', '']);
  });

  test.each([false, true])('a GPU: its devices and libraries, contained: %s', async contain => {
    const nvidia = { libraries: [library], devices: [device] };
    const gpu: GpuFacts = { nvidia, rocm: { libraries: [], devices: [] } };
    const host = { ...it.host, facts: { ...it.host.facts, gpu } };
    const script = `head -c 3 ${device} | wc -c; cat /.singularity.d/libs/libcuda.so.1; echo "$LD_LIBRARY_PATH"`;
    const home = { path: person.home, source: null };
    const own = { gpu: 'nvidia', ...(contain ? { contain, cwd: '/', home } : {}) } as const;
    const { stdout, code } = await work.sh({ ...it, host }, script, { request: own });
    // Apptainer finds devices and libraries itself: this host has none, and it says nothing.
    if (cells.gpu === 'found by the runtime') expect(code).toBe(0);
    else expect(stdout).toMatch(/^3\na library(?:\S+:)?\/\.singularity\.d\/libs\n$/);
  });
}
