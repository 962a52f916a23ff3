import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const JCDS = resolve(import.meta.dirname, '../../bin/jcds');
const cache = process.env.JCDS_TEST_CACHE ?? '/var/cache/jcds-test';
const work = mkdtempSync(join(tmpdir(), 'jcds-convert-'));
chmodSync(work, 0o755);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const sh = (script: string, ...words: string[]) =>
  execFileSync('sh', ['-ec', script, '-', ...words], { cwd: work, encoding: 'latin1', maxBuffer: 2 ** 28 });

/** Each layer takes from those below: whiteouts, an opaque directory, hard links, closed directories, a fifo, names. */
const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-ec", "/bin/busybox --install -s /bin; mkdir -p /a/b /a/c /tmp; chmod 1777 /tmp; echo 1 >/a/b/one; echo 2 >/a/c/two; ln /a/b/one /a/hard; mkfifo /a/pipe; chmod 000 /a/c; mkdir /ro; echo x >/ro/x; chmod 555 /ro"]
RUN ["/bin/busybox", "sh", "-ec", "rm -rf /a/b; mkdir /a/b; echo new >/a/b/new; rm /ro/x; echo y >/ro/y; ln -s /a/b /lnk; ln -s /nowhere/at/all /dangling"]
RUN ["/bin/busybox", "sh", "-ec", "rm /a/hard; rm -rf /a/c; mkdir -m 700 /a/c; touch '/a/b/é'; mv /ro /moved"]
ENV GREETING=hello
CMD ["/bin/sh"]
`;

beforeAll(() => {
  copyFileSync('/bin/busybox', join(work, 'busybox'));
  writeFileSync(join(work, 'Dockerfile'), DOCKERFILE);
  sh(
    `b="buildah --root $PWD/store --runroot $PWD/run --storage-driver vfs"
    $b bud --layers --isolation chroot -t many . >build.log 2>&1 || { cat build.log >&2; exit 1; }
    $b push many oci:many:latest >/dev/null 2>&1
    $b push --format v2s2 --compression-format zstd many oci:zstd:latest >/dev/null 2>&1 || skopeo copy -q --dest-compress-format zstd oci:many:latest oci:zstd:latest
    for name in debian bmn small; do cp -a "$1/$name" .; done`,
    join(cache, 'images/oci'),
  );
}, 300_000);

/** Type, mode, size, times, names, path, target of all that is in a tree, and the sums of its files. */
function treeOf(directory: string): string[] {
  const lines = sh(
    `cd "$1"; find . -printf '%y %m %s %T@ %n %p -> %l\\n'; find . -type f -print0 | sort -z | xargs -0 sha256sum`,
    directory,
  );
  // Size and count of names of a directory are the file system's own.
  return lines
    .split('\n')
    .map(line => line.replace(/^(d \d+) \d+ (\S+) \d+/, '$1 - $2 -'))
    .sort();
}

/** What Apptainer's readers and mounts expect of an image, which umoci does not make. */
const ADDED =
  / \.\/(?:\.singularity\.d.*|singularity|environment|\.(?:run|exec|shell|test)|dev|proc|sys|root|home|tmp|var|var\/tmp|etc|srv|cvmfs|etc\/hosts|etc\/resolv\.conf)(?: -> .*)?$/;

/**
 * What umoci leaves and jcds does not, on purpose: setuid and setgid, and modes that would keep their owner out. docs/convert.md.
 */
function stated(line: string): string {
  const [, kind, mode, rest] = /^([fdp]) (\d+) (.*)$/.exec(line) ?? [];
  if (kind === undefined) return line;
  const bits = (Number.parseInt(mode!, 8) & 0o1777) | (kind === 'd' ? 0o700 : 0o600);
  return `${kind} ${bits.toString(8)} ${rest}`;
}

describe.each(['debian', 'bmn', 'small', 'many', 'zstd'])('the image %s', { timeout: 240_000 }, name => {
  test('becomes the tree that umoci makes of it', () => {
    if (name === 'zstd') expect(sh('cat zstd/blobs/sha256/*', name)).toContain('zstd');
    const judged = name === 'zstd' ? 'many' : name;
    sh('umoci unpack --rootless --image "$1:latest" "$2"', judged, `umoci-${name}`);
    expect(sh('"$1" convert "oci:$2:latest" --to "$3"', JCDS, name, `out-${name}`)).toBe(
      `${join(work, `out-${name}`)}\n`,
    );
    const made = new Set(treeOf(join(work, `out-${name}`)));
    const wanted = new Set(treeOf(join(work, `umoci-${name}/rootfs`)).map(stated));
    expect([...wanted].filter(line => !made.has(line))).toEqual([]);
    expect([...made].filter(line => !wanted.has(line) && !ADDED.test(line))).toEqual([]);
    expect(readdirSync(work).filter(file => file.startsWith('.jcds'))).toEqual([]);
  });

  test('runs with Apptainer', () => {
    const words = name === 'many' || name === 'zstd' ? ['/bin/cat', '/a/b/new'] : ['/bin/cat', '/etc/passwd'];
    const said = sh(
      'HOME=/ setpriv --reuid=jcdstest --regid=jcdstest --init-groups apptainer -s exec "$@"',
      join(work, `out-${name}`),
      ...words,
    );
    expect(said).toMatch(name === 'many' || name === 'zstd' ? /^new\n$/ : /^root:x:0:0:/);
  });
});

describe('nothing is left of', () => {
  const failing = (...words: string[]) => {
    try {
      execFileSync(JCDS, ['convert', ...words], { cwd: work, encoding: 'utf8', stdio: 'pipe' });
      return 'success';
    } catch (thrown) {
      const { status, stderr } = thrown as { status: number; stderr: string };
      return `${status}: ${stderr}`;
    }
  };

  test('an image whose layer is damaged', () => {
    sh(
      'cp -a small damaged; f=$(ls -S damaged/blobs/sha256/* | head -n 1); chmod u+w "$f"; printf X | dd of="$f" bs=1 seek=1000 conv=notrunc 2>/dev/null',
    );
    expect(failing('oci:damaged', '--to', 'never')).toMatch(
      /^1: .*layer sha256:[0-9a-f]{64} of oci:damaged is not what its digest says\n/s,
    );
    expect(existsSync(join(work, 'never'))).toBe(false);
    expect(readdirSync(work).filter(file => file.startsWith('.jcds'))).toEqual([]);
  });

  test('what was there before', () => {
    sh('mkdir taken; touch taken/mine');
    expect(failing('oci:small', '--to', 'taken')).toMatch(/^2: .*taken is there already\n/s);
    expect(readdirSync(join(work, 'taken'))).toEqual(['mine']);
  });
});
