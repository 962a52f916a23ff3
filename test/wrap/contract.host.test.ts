import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fromBytes } from '../../src/launch/bytes.ts';
import { latin1, quoteWord } from '../../src/launch/quote.ts';
import { RUNTIMES } from '../../src/runtimes/index.ts';
import { people } from '../contract/containers.ts';
import { ended, says } from '../contract/workplace.ts';
import { anyBytes } from '../launch/bytes.ts';
import { SHELLS, Stage } from './stage.ts';

// The contract of all runtimes, held by scripts on the real Apptainer and bubblewrap: the same as from `jcds exec`, for an ordinary user and root.

const stage = new Stage();
afterAll(() => stage.remove());
for (const directory of [stage.folder, stage.home, stage.work]) chmodSync(directory, 0o777);
const PRIVATE = resolve(import.meta.dirname, '../hosts/private.sh');
const NAME = 'library/small:1';

/** The words that put a command where the test repositories are at /cvmfs, as this person. */
const inside = (name: string, ...words: string[]) => [
  PRIVATE,
  ...(name === 'root' ? [] : ['--user', name]),
  ...['env', `HOME=${stage.home}`, 'PATH=/usr/local/bin:/usr/bin:/bin', ...words],
];

interface Start {
  /** Lines of shell that run before. */
  readonly before?: string;
  readonly input?: Buffer;
}

const EVERYBODY = people().flatMap(({ name }) =>
  (['apptainer', 'bubblewrap'] as const).map(runtime => [runtime, name] as const),
);

describe.each(EVERYBODY)('by %s for %s', (runtime, name) => {
  const write = (words: readonly string[], file: string): string => {
    const target = join(stage.work, `${file}-${runtime}-${name}`);
    const [program = '', ...args] = inside(
      name,
      stage.jcds,
      'wrap',
      '--runtime',
      runtime,
      '--force',
      '-o',
      target,
      ...words,
    );
    const { status, stderr } = spawnSync(program, args, { cwd: stage.work, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return target;
  };
  const script = write([NAME], 'any');

  /** Runs words as `sh -c 'BEFORE; exec "$@"'` would, whatever bytes they hold. */
  function run(words: readonly string[], { before = '', input }: Start = {}): SpawnSyncReturns<Buffer> {
    const file = join(stage.work, `start-${name}`);
    writeFileSync(file, Buffer.from(`${before}\nexec ${words.map(quoteWord).join(' ')}\n`, 'latin1'));
    const [program = '', ...args] = inside(name, 'sh', file);
    return spawnSync(program, args, {
      cwd: stage.work,
      ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    });
  }
  const seen = ({ status, signal, stdout, stderr }: SpawnSyncReturns<Buffer>) => ({
    status,
    signal,
    stdout: stdout.toString('latin1'),
    stderr: stderr.toString('latin1'),
  });

  const JOBS: Record<string, [words: string[], start?: Start]> = {
    'ids, directory, limits, umask, descriptors, streams, signals': [
      [
        'sh',
        '-c',
        `id -u; id -g; id -un; pwd; echo "$HOME"; umask; ulimit -Sn; ulimit -Hn; cat <&5; grep -E '^(SigIgn|SigBlk|Cap|NoNew)' /proc/self/status
for i in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$i ] && printf '%s ' $i; done; echo error >&2`,
      ],
      { before: `trap '' HUP USR1; umask 027; ulimit -Sn 1200; ulimit -Hn 1300; exec 5<<'E'\nfive\nE` },
    ],
    'the environment': [
      [
        'sh',
        '-c',
        `cat /proc/self/environ | tr '\\0\\n' '\\n\\001' | grep -av '^APPTAINER_\\|^SINGULARITY_' | sort`,
      ],
      {
        before: `export PLAIN='a  b' HARD='$HOME "q" \`x\` \\' LINES='a

b' BYTES='\xff\xc3(' EMPTY='' SMALL='' LC_ALL=C.UTF-8 OLDPWD=/old LD_PRELOAD= PYTHONPATH=/x APPTAINERENV_ADDRESSED=plain
exec env 'BASH_FUNC_module%%=() {  eval \`x\`;
}' 'with-dash.and.dot=1' sh -c 'unset PWD; exec "$@"' sh \\`,
      },
    ],
    'standard input': [['cat'], { input: Buffer.from('a\0b\n') }],
    'a megabyte of it': [['wc', '-c'], { input: Buffer.alloc(1 << 20, 'x') }],
    'closed input': [['sh', '-c', 'cat 2>/dev/null; echo done'], { before: 'exec <&-' }],
    'closed output': [['sh', '-c', 'echo x 2>/dev/null; echo "$?" >&2'], { before: 'exec >&-' }],
    'an own kill': [['sh', '-c', 'kill -KILL $$']],
    'an own TERM': [['sh', '-c', 'kill -TERM $$']],
    'a command that is not there': [['jcds-no-such']],
    'a directory': [['/etc']],
    'no program': [['/etc/passwd']],
    'a relative command that is not there': [['./no-such']],
    'a command of the working directory': [['./here']],
    'an empty word': [['']],
    ...Object.fromEntries(
      [0, 1, 7, 75, 125, 126, 127, 255].map(code => [`exit code ${code}`, [['sh', '-c', `exit ${code}`]]]),
    ),
  };
  writeFileSync(join(stage.work, 'here'), '#!/bin/sh\necho here\n', { mode: 0o755 });

  test.each(Object.entries(JOBS))('%s', (job, [words, start]) => {
    const byHand = seen(run([stage.jcds, 'exec', '--runtime', runtime, NAME, ...words], start));
    // What a shell itself may change is tried with each of them; the rest is the script's.
    const shells = / streams|environment/.test(job) ? SHELLS : SHELLS.slice(0, 1);
    for (const [shell] of shells)
      expect(seen(run([...stage.by(shell, script), ...words], start)), shell).toEqual(byHand);
  });

  test('arguments arrive as bytes', () => {
    // What Apptainer would change its script refuses: NOT_TEXT, in refused.test.ts.
    const isText = runtime === 'apptainer';
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map(word => word.replace(/[\0\r]/g, ''));
    const word = isText ? text : anyBytes.map(fromBytes);
    fc.assert(
      fc.property(fc.array(word, { minLength: 30, maxLength: 30 }), list => {
        const all = [...list, '', 'y'.repeat(60_000), (isText ? 'ж' : '\udcff').repeat(3000)];
        for (const [shell] of SHELLS) {
          const { stdout, stderr } = run([
            ...stage.by(shell, script),
            'sh',
            '-c',
            `printf '%s\\0' "$@"`,
            'sh',
            ...all,
          ]);
          expect(stderr.toString()).toBe('');
          expect(stdout.toString('latin1').split('\0').slice(0, -1)).toEqual(all.map(latin1));
        }
      }),
      { numRuns: 3 },
    );
  });

  test.each(['hard', 'perverse', 'plain', 'noshell', 'bare', 'arm64', 'debian'])('library/%s', image => {
    const tag = image === 'plain' || image === 'debian' ? '12' : '1';
    const words =
      image === 'noshell' ? ['cat', '/proc/self/environ'] : ['sh', '-c', 'cat /proc/self/environ'];
    const reference = `library/${image}:${tag}`;
    const own = write([reference, ...words], image);
    const sorted = (result: SpawnSyncReturns<Buffer>) => {
      const { stdout, stderr, ...more } = seen(result);
      // What an image lost is said when a script is written.
      const rest = { ...more, stderr: stderr.replace(/^jcds: .* it has no \.singularity\.d: .*\n/, '') };
      return {
        ...rest,
        entries: stdout
          .split('\0')
          .filter(entry => !/^(APPTAINER|SINGULARITY)_/.test(entry))
          .sort(),
      };
    };
    const byHand = sorted(run([stage.jcds, 'exec', '--runtime', runtime, reference, ...words]));
    const byScript = sorted(run([own]));
    // Which machine a program is made for only jcds looks at: runtimes say it their own way.
    if (image === 'arm64')
      expect([byHand.status, byScript.status]).toEqual([126, runtime === 'apptainer' ? 255 : 1]);
    else expect(byScript).toEqual(byHand);
  });

  // A test that is left out counts as one that failed: where nothing is promised there is none.
  test.each(RUNTIMES[runtime].passesSignals ? ['TERM', 'INT', 'HUP', 'USR1'] : [])(
    'SIG%s reaches the job, and nothing stays',
    async signal => {
      const job = [
        'sh',
        '-c',
        `trap 'echo trapped; exit 42' ${signal}; echo ready; while :; do sleep 0.05; done`,
      ];
      const [program = '', ...args] = inside(name, script, ...job);
      const child = spawn(program, args, { cwd: stage.work, stdio: ['ignore', 'pipe', 'pipe'] });
      const end = ended(child);
      await says(child, 'ready');
      // private.sh, env and the script have all become the runtime: it is one process.
      expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')).not.toContain(script);
      child.kill(`SIG${signal}` as NodeJS.Signals);
      const { code, signal: died, stdout } = await end;
      expect({ code, died, stdout }).toEqual({ code: 42, died: null, stdout: 'ready\ntrapped\n' });
    },
  );
});
