import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import { complaint } from '../../src/runtimes/complaint.ts';
import { jobEnvironment } from '../../src/runtimes/environment.ts';
import type { Bind } from '../../src/runtimes/shown.ts';
import { type Container, containers, imageAt } from './containers.ts';
import { MATRIX, retriesWhere } from './matrix.ts';
import { bytesOf, ended, type Start, says, Workplace } from './workplace.ts';

const all = await containers();
const work = new Workplace();
afterAll(async () => {
  work.remove();
  for (const { surroundings } of all) await surroundings.close?.();
});

const FILE_IMAGE = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs/singularity.galaxyproject.org/all/small:1.0--h1a2b3c4_0`;

/** Bytes 1 to 255, and what shells, scripts and tables trip over. */
const EVERY_BYTE = Array.from({ length: 255 }, (_, i) =>
  String.fromCharCode(i < 127 ? i + 1 : 0xdc01 + i),
).join('');
const ODD_TEXTS: Record<string, string> = {
  EMPTY: '',
  BLANK: ' ',
  BLANKS: '  two  blanks\t',
  NEWLINE: '\n',
  NEWLINES: 'a\n\nb\n',
  RETURN: 'a\r\nb\r',
  DOLLAR: '$HOME ${HOME} $$ $(id) `id`',
  QUOTES: `'"'"'"`,
  BACKSLASH: '\\',
  BACKSLASHES: '\\\\ \\n \\$ \\` \\" \\',
  BACKSLASH_NEWLINE: 'a\\\nb',
  STAR: '* ? [a] {a,b} ~ #x !1 ;&|<>()',
  EQUALS: '=a=b',
  COMMA: 'a=b,c=d',
  COLON: ':a::b:',
  DASHES: '--help',
  UTF8: 'Дубна \u{1f600}',
  BYTES: 'a\udcff\udcfe\udc80z',
  HALF: '\udcc3(',
  REPLACEMENT: '\ufffd',
  CONTROL: '\u0001\u0002\u001b[31m\u007f',
  LONG: 'x'.repeat(60_000),
};

/** Variables that shells, loaders and engines on the way have an opinion about. */
const ODD_NAMES: Record<string, string> = {
  LINENO: '7',
  OPTIND: '5',
  PPID: '1',
  PS1: 'p$ ',
  PS4: '+$(id)',
  RANDOM: 'r',
  SECONDS: 's',
  HISTFILE: '/h',
  TMPDIR: '/tmp/x',
  ENV: '/nowhere',
  HOSTNAME: 'elsewhere',
  BUILDKIT_PROGRESS: 'plain',
  CONTAINERD_NAMESPACE: 'x',
  GODEBUG: 'x=1',
  a: 'small',
};

for (const it of all) {
  const cells = MATRIX[it.name];
  describe.concurrent(it.label, { retry: retriesWhere(cells.output) }, () => contract(it));
}

function contract(it: Container): void {
  const cells = MATRIX[it.name];
  const { person } = it;

  test('the job is the caller’s: ids, directory, limits, umask, descriptors, streams', async () => {
    const script = `id -u; id -g; id -un; pwd; echo "$HOME"; umask; ulimit -Sn; ulimit -Hn; [ -e /proc/self/fd/7 ] && cat <&7
grep -E '^(SigIgn|SigBlk):' /proc/self/status | tr -d '\\n'; echo
for i in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$i ] && printf '%s ' $i; done; echo error >&2`;
    const before = `trap '' HUP USR1; umask 027; ulimit -Sn 1200; ulimit -Hn 1300; exec 7<<E\nseven\nE`;
    const { limits } = work.request(it, {});
    const own = limits.map(limit => (limit.name === 'nofile' ? { ...limit, soft: 1200, hard: 1300 } : limit));
    const { stdout, ...end } = await work.sh(it, script, { before, request: { umask: 0o027, limits: own } });
    expect({ stdout: stdout.split('\n'), ...end }).toEqual({
      code: 0,
      signal: null,
      stdout: [
        `${person.uid}`,
        `${person.gid}`,
        person.name,
        work.directory,
        person.home,
        '0027',
        '1200',
        '1300',
        ...(cells.keepsDescriptors ? ['seven'] : []),
        `SigBlk:\t0000000000000000SigIgn:\t${cells.keepsIgnoredSignals ? '0000000000000201' : '0000000000000000'}`,
        cells.keepsDescriptors ? '0 1 2 7 ' : '0 1 2 ',
      ],
      stderr: 'error\n',
    });
  });

  test('it has no capabilities, cannot leave its root, and cannot change its image', async () => {
    const script = `grep -E '^(CapEff|CapPrm|NoNewPrivs):' /proc/self/status | tr '\\t\\n' '  '; echo
for at in / /etc /bin /usr/bin; do touch $at/jcds-new 2>/dev/null && echo "wrote $at"; done
echo changed 2>/dev/null >/bin/cat && echo 'wrote cat'
mkdir -p /tmp/jcds-$$/x; cd /; /bin/busybox chroot /tmp/jcds-$$ /bin/true 2>&1 | grep -o 'not permitted'; rm -r /tmp/jcds-$$
mount -t tmpfs none /tmp 2>/dev/null && echo mounted
/bin/busybox cut -d' ' -f5 /proc/self/mountinfo | grep -cx /
ls -d /proc/1/root/opt/jcds-test 2>/dev/null && echo 'saw the host'
ls -d /opt/jcds-test /proc/self/root/opt/jcds-test 2>/dev/null
touch /tmp/jcds-$$ "$HOME/.jcds-$$" && rm /tmp/jcds-$$ "$HOME/.jcds-$$" && echo wrote`;
    const { stdout } = await work.sh(it, script);
    const none =
      'CapPrm: 0000000000000000 CapEff: 0000000000000000 NoNewPrivs: 1 \nnot permitted\n1\nwrote\n';
    if (person.uid === 0 && cells.rootCapabilities === 'in its namespace')
      expect(stdout).toBe(
        `CapPrm: 000001ffffffffff CapEff: 000001ffffffffff NoNewPrivs: ${Number(cells.rootNoNewPrivileges)} \nmounted\n1\nwrote\n`,
      );
    else expect(stdout).toBe(none);
  });

  test('arguments arrive as bytes', async () => {
    const args = [...Object.values(ODD_TEXTS), EVERY_BYTE, 'y'.repeat(100_000)];
    const { stdout, code } = await work.sh(it, `printf '%s\\0' "$@"`, { args });
    expect(code).toBe(0);
    expect(stdout.split('\0').slice(0, -1)).toEqual(args.map(bytesOf));
  });

  test.each(['keep', 'clean', 'hep'] as const)('the environment under %s is the table’s', async policy => {
    const name = (text: string) => [`JOB_${text}`, ODD_TEXTS[text]!] as const;
    const host: Entries = [
      ...work.environment(it),
      ...Object.keys(ODD_TEXTS).map(name),
      ['BASH_FUNC_module%%', '() {  eval `x`;\n}'],
      ['with-dash.and.dot', '1'],
      ['X509_USER_PROXY', '/tmp/x'],
      ['LD_PRELOAD', '/nowhere/x.so'],
      ['LD_LIBRARY_PATH', '/nowhere'],
      ['SMALL', ''],
      ['TERM', 'xterm'],
      ['OLDPWD', '/old'],
      ['CDPATH', '/'],
      ...Object.entries(ODD_NAMES),
      ['JCDS_TOKEN_X', 'secret'],
      ['APPTAINERENV_JOB_ADDRESSED', 'plain'],
    ];
    const set: Entries = [
      ...Object.keys(ODD_TEXTS).map(text => [`SET_${text}`, ODD_TEXTS[text]!] as const),
      ['LD_LIBRARY_PATH', '/a b:$x'],
      ['LD_PRELOAD', '/nowhere/set.so'],
      ['LD_AUDIT', ''],
      ['GLIBC_TUNABLES', 'glibc.x=\n'],
      ['SMALL', 'set'],
    ];
    const start = { request: { environment: { policy, host, set } }, environment: host };
    expect(await environmentOf(start)).toEqual(expectedEnvironment(start));
  });

  test.each(['hard', 'perverse'])('the ENV of library/%s:1 is what the image says', async name => {
    const start = { image: imageAt(`library/${name}:1`) };
    expect(await environmentOf(start)).toEqual(expectedEnvironment(start));
  });

  /** The job's environment as the job sees it, less what the runtime adds. */
  async function environmentOf(start: Start): Promise<Record<string, string>> {
    const { stdout, stderr, code } = await work.run(it, { ...start, words: ['cat', '/proc/self/environ'] });
    expect([stderr, code]).toEqual(['', 0]);
    const wanted = expectedEnvironment(start);
    const entries = stdout.split('\0').slice(0, -1);
    return Object.fromEntries(
      entries
        .map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const)
        .filter(([name]) => name in wanted || !(cells.adds.test(name) || cells.overrules.test(name))),
    );
  }

  function expectedEnvironment(start: Start): Record<string, string> {
    const { variables } = jobEnvironment(work.request(it, start));
    const suffix = (name: string) => (name === 'LD_LIBRARY_PATH' ? cells.ldLibraryPathSuffix : '');
    return Object.fromEntries(
      [...variables.values()]
        .filter(({ name }) => !cells.overrules.test(name))
        .map(({ name, value }) => [name, bytesOf(value) + suffix(name)]),
    );
  }

  test.each([0, 1, 2, 3, 7, 42, 64, 75, 99, 125, 126, 127, 128, 130, 143, 255])(
    'exit code %d',
    async code => {
      expect(await work.sh(it, `exit ${code}`)).toEqual({ code, signal: null, stdout: '', stderr: '' });
    },
  );

  test('a command that is not there, and one that cannot be executed', async () => {
    expect((await work.run(it, { words: ['jcds-no-such'] })).code).toBe(cells.notFound);
    expect((await work.run(it, { words: ['/etc'] })).code).toBe(cells.notExecutable);
  });

  test.each(['KILL', 'TERM', 'SEGV', 'ABRT', 'INT', 'PIPE'] as const)(
    'a job that ends by SIG%s',
    async name => {
      const number = constants.signals[`SIG${name}`];
      const { code, signal } = await work.sh(it, `kill -${name} $$`);
      expect({ code, signal }).toEqual(
        cells.killedByItself === 'signal'
          ? { code: null, signal: `SIG${name}` }
          : { code: 128 + number, signal: null },
      );
    },
  );

  describe.each(['TERM', 'INT', 'HUP', 'USR1'] as const)('SIG%s to the started process', name => {
    test('the job traps it', async () => {
      const child = work.spawn(it, {
        words: [
          '/bin/sh',
          '-c',
          `trap 'echo trapped; exit 42' ${name}; sleep ${cells.deafFor}; echo ready; while :; do sleep 0.05; done`,
        ],
      });
      const end = ended(child);
      await says(child, 'ready');
      child.kill(`SIG${name}`);
      const { code, signal, stdout } = await end;
      expect({ code, signal, stdout }).toEqual(
        cells.trapped === 'job decides'
          ? { code: 42, signal: null, stdout: 'ready\ntrapped\n' }
          : { code: null, signal: `SIG${name}`, stdout: 'ready\n' },
      );
    });

    test('the job dies of it', async () => {
      // Ten seconds on a host that is not busy; what a killed shell leaves behind holds its output for a moment only.
      const wait = 'i=0; while [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done';
      const job = `sleep ${cells.deafFor}; echo ready; ${wait}; echo survived`;
      const child = work.spawn(it, { words: ['/bin/sh', '-c', job] });
      const end = ended(child);
      await says(child, 'ready');
      child.kill(`SIG${name}`);
      const { code, signal, stdout } = await end;
      expect({ code, signal, stdout }).toEqual(
        cells.untrapped === 'signal'
          ? { code: null, signal: `SIG${name}`, stdout: 'ready\n' }
          : { code: 128 + constants.signals[`SIG${name}`], signal: null, stdout: 'ready\n' },
      );
    });
  });

  test('SIGKILL to the started process ends the job, or the row says that it does not', async () => {
    const fifo = join(work.directory, `fifo-${it.key}`);
    spawnSync('mkfifo', ['-m', '666', fifo]);
    const job = `exec 9>${fifo}; echo ready; sleep 1; echo survived >&9`;
    const child = work.spawn(it, { words: ['/bin/sh', '-c', job] });
    const heard = readFile(fifo, 'utf8');
    await says(child, 'ready');
    child.kill('SIGKILL');
    expect(await heard).toBe(it.runtime.diesWithParent ? '' : 'survived\n');
  });

  test('SIGINT to the group of the starter', async () => {
    const job =
      '$| = 1; $SIG{INT} = sub { $n++ }; select undef, undef, undef, $ARGV[0]; print "ready\\n"; $end = time + 30; select undef, undef, undef, 0.05 while !$n && time < $end; $end = time + 2; select undef, undef, undef, 0.05 while time < $end; print "heard $n\\n"';
    const command = work.command(it, {
      image: imageAt('library/debian:12'),
      // perl would wait with a handler for a safe moment, and so take two for one.
      words: ['/usr/bin/env', 'PERL_SIGNALS=unsafe', 'perl', '-e', job, String(cells.deafFor)],
    });
    const child = spawn(command[0]!, command.slice(1), {
      cwd: work.directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH },
    });
    const end = ended(child);
    await says(child, 'ready');
    process.kill(-child.pid!, 'SIGINT');
    const { stdout, signal } = await end;
    const heard = {
      once: /^ready\nheard 1\n$/,
      'once or twice': /^ready\nheard [12]\n$/,
      'is killed': /^ready\n$/,
    };
    expect(stdout).toMatch(heard[cells.groupInterrupt]);
    expect(signal).toBe(cells.groupInterrupt === 'is killed' ? 'SIGINT' : null);
  });

  test.each(['"$@" &', 'nohup "$@" &'])('%s: the job goes on when what started it has ended', async start => {
    const at = (name: string) => join(work.directory, `${name}-${it.key}-${start.length}`);
    mkdirSync(at('gate'));
    const job = `: >${at('ready')}; while [ -d ${at('gate')} ]; do sleep 0.05; done; sleep 0.2; : >${at('done')}`;
    const command = work.command(it, { words: ['/bin/sh', '-c', job] });
    const script = `${start} until [ -e ${at('ready')} ]; do sleep 0.05; done`;
    const { status } = spawnSync('sh', ['-c', script, 'sh', ...command], {
      cwd: work.directory,
      stdio: 'ignore',
      env: { PATH: process.env.PATH },
    });
    expect(status).toBe(0);
    rmdirSync(at('gate'));
    await expect.poll(() => existsSync(at('done')), { timeout: 20_000 }).toBe(true);
  });

  test('standard input: a pipe, a file, closed, a megabyte', async () => {
    expect((await work.sh(it, 'cat 2>/dev/null; echo done', { stdin: 'closed' })).stdout).toBe('done\n');
    expect((await work.sh(it, 'cat; echo done')).stdout).toBe('done\n');
    if (cells.standardInput === 'none') {
      const start = { words: ['cat'], stdin: Buffer.from('x') };
      expect(complaint(it.runtime, work.request(it, start))).toBe(it.runtime.cannot.stdin);
      return;
    }
    const file = join(work.directory, 'input');
    writeFileSync(file, 'from a file');
    expect((await work.run(it, { words: ['cat'], stdin: Buffer.from('a\0b') })).stdout).toBe('a\0b');
    expect((await work.run(it, { words: ['cat'], stdin: { file } })).stdout).toBe('from a file');
    const megabyte = Buffer.alloc(1 << 20, 'x');
    expect((await work.run(it, { words: ['wc', '-c'], stdin: megabyte })).stdout).toBe('1048576\n');
  });

  test('standard input: what the job leaves is the caller’s, as for a loop that reads lines', async () => {
    if (cells.standardInput === 'none') return;
    const file = join(work.directory, `lines-${it.key}`);
    writeFileSync(file, '1\n2\n3\n4\n');
    const lines = 'while read -r line; do echo "line $line"; "$@"; done';
    const command = work.command(it, {
      words: ['/bin/sh', '-c', 'read -r x; echo "job $x"'],
      stdin: { file },
    });
    const loop = spawn('sh', ['-c', lines, 'sh', ...command], {
      cwd: work.directory,
      stdio: [openSync(file, 'r'), 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    const { stdout } = await ended(loop);
    expect(stdout).toBe(
      cells.standardInput === 'passed' ? 'line 1\njob 2\nline 3\njob 4\n' : 'line 1\njob 2\n',
    );
  });

  test('binds: read-only and not, a directory, a file, below each other, with odd names, at new places', async () => {
    const at = (name: string) => join(work.directory, `binds-${it.key}`, name);
    for (const name of ['a', 'b', 'odd: , \\ " \' $x é']) {
      mkdirSync(at(name), { recursive: true, mode: 0o777 });
      writeFileSync(join(at(name), 'f'), `${name}\n`);
      mkdirSync(join(at(name), 'sub'), { recursive: true });
    }
    const bind = (
      source: string,
      destination: string,
      mode: Bind['mode'],
      sourceKind: Bind['sourceKind'] = 'directory',
    ): Bind => ({
      source,
      destination,
      mode,
      sourceKind,
      origin: 'user',
    });
    const odd = 'odd: , \\ " \' $x é';
    const binds = [
      bind(at('a'), '/data/a', 'rw'),
      bind(at('b'), '/data/a/sub', 'ro'),
      bind(at('a/f'), '/etc/new/file', 'ro', 'file'),
      bind(at(odd), `/place ${odd}`, 'rw'),
      bind(at('a/f'), '/etc/hosts', 'rw', 'file'),
    ];
    const script = `cat /data/a/f /data/a/sub/f /etc/new/file "$1/f" /etc/hosts
for d in /data/a /data/a/sub "$1"; do echo x 2>/dev/null >"$d/g" && rm "$d/g" && echo "wrote $d"; done
echo x 2>/dev/null >/etc/new/file && echo 'wrote file'; ls /etc/passwd`;
    const { stdout, stderr, code } = await work.sh(it, script, {
      request: { binds },
      args: [`/place ${odd}`],
    });
    expect([stderr, code]).toEqual(['', 0]);
    const isWriter = person.uid === 0;
    expect(stdout).toBe(
      bytesOf(`a\nb\na\n${odd}\na\n${isWriter ? `wrote /data/a\nwrote /place ${odd}\n` : ''}/etc/passwd\n`),
    );
  });

  test('a home directory of its own, elsewhere, and none', async () => {
    const home = join(work.directory, `home-${it.key}`);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'mine'), '');
    const script = 'echo "$HOME"; ls "$HOME"';
    const see = async (source: string | null, path: string) =>
      (await work.sh(it, script, { request: { home: { source, path } } })).stdout;
    expect(await see(home, home)).toBe(`${home}\nmine\n`);
    expect(await see(home, '/somewhere/else')).toBe('/somewhere/else\nmine\n');
    expect(await see(null, '/somewhere/else')).toBe('/somewhere/else\n');
    expect(await see(null, person.home)).toBe(`${person.home}\n`);
  });

  test('contained: an own /tmp, home and few devices', async () => {
    const script = `echo "$HOME"; ls -A /tmp; ls -A /var/tmp; ls -A "$HOME"; ls /dev | grep -cE '^(null|zero|tty|urandom|vda|loop0)$'
echo x >/dev/null; echo x >/tmp/x && echo y >"$HOME/y" && pwd`;
    const start = { request: { contain: true, cwd: '/tmp', home: { path: person.home, source: null } } };
    expect(await work.sh(it, script, start)).toEqual({
      code: 0,
      signal: null,
      stdout: `${person.home}\n4\n/tmp\n`,
      stderr: '',
    });
  });

  test('what the runtime cannot do is refused before exec; what it can is done', async () => {
    const requested = { writableTmpfs: true, gpu: 'nvidia' } as const;
    for (const [option, value] of Object.entries(requested)) {
      const start = { request: { [option]: value } };
      const sentence = it.runtime.cannot[option as keyof typeof requested];
      if (sentence === undefined) {
        const { code } = await work.sh(it, option === 'gpu' ? ':' : 'echo x >/tmp/../jcds-new', start);
        expect(code).toBe(0);
        continue;
      }
      expect(complaint(it.runtime, work.request(it, start))).toBe(sentence);
    }
  });

  test('an image without mount points has what every job expects', async () => {
    const script = `id -un; ls -d /dev/null /proc/self/fd /sys/class /tmp "$HOME" "$PWD"; cat /etc/resolv.conf | wc -c`;
    const size = readFileSync('/etc/resolv.conf').length;
    const { stdout } = await work.sh(it, script, { image: imageAt('library/bare:1') });
    const [name, ...rest] = stdout.trim().split('\n');
    if (it.person.uid !== 0 && cells.passwdInBareImage) expect(name).toBe(person.name);
    expect(rest).toEqual([
      ...['/dev/null', '/proc/self/fd', '/sys/class', '/tmp', person.home, work.directory].sort(),
      `${size}`,
    ]);
  });

  test.each([
    ['library/noshell:1', ['/bin/cat', '/proc/self/status'], /NoNewPrivs:\t(\d)/],
    ['library/falsetools:1', ['/bin/cat', '/proc/self/status'], /NoNewPrivs:\t(\d)/],
    ['nica/docker-images/bmn:index', ['/opt/app/bin/bmn'], /^bmn (1)\.0/],
  ])('%s runs', async (name, words, answer) => {
    const { stdout, stderr } = await work.run(it, { image: imageAt(name), words });
    expect(stderr).toBe('');
    expect(answer.exec(stdout)?.[1]).toBe(
      person.uid === 0 && !cells.rootNoNewPrivileges && /status/.test(words.join()) ? '0' : '1',
    );
    expect(stdout).not.toContain('FALSE TOOL');
  });

  test('a job may make containers itself', async () => {
    const { code } = await work.run(it, {
      image: imageAt('library/debian:12'),
      words: ['unshare', '--user', '--map-current-user', '--mount', 'true'],
    });
    expect(code).toBe(person.uid === 0 && !cells.rootNests ? 1 : 0);
  });

  test('an image that is one file runs, or is refused before exec', async () => {
    const image = { path: FILE_IMAGE, kind: 'file', facts: null } as const;
    const set = [['VALUE', '$HOME `id` "\'\\']] as const;
    const environment = { policy: 'clean', host: work.environment(it), set } as const;
    const start = { words: ['/bin/sh', '-c', 'printf %s "$VALUE"'], request: { image, environment } };
    if (!it.runtime.images.includes('file')) {
      expect(complaint(it.runtime, work.request(it, start))).toContain('runs no image that is one file');
      return;
    }
    expect((await work.run(it, start)).stdout).toBe(set[0][1]);
    const entrypoint = { ...start, request: { ...start.request, entrypointUnknown: true } };
    expect((await work.run(it, entrypoint)).stdout).toBe(set[0][1]);
  });

  test('a working directory that is not there is an error, not another directory', async () => {
    const { code, stdout } = await work.sh(it, 'pwd', { request: { cwd: '/jcds/no/such' } });
    expect(stdout).toBe('');
    expect(code).toBe(cells.noDirectory);
  });
}
