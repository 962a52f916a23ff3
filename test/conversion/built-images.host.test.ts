import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Images that buildah makes, each of several layers, and the tree that umoci makes of them. What is stated as different stands in docs/convert.md.
const JCDS = resolve(import.meta.dirname, '../../bin/jcds');
const work = mkdtempSync(join(tmpdir(), 'jcds-built-'));
chmodSync(work, 0o755);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const sh = (script: string, ...words: string[]) =>
  execFileSync('sh', ['-ec', script, '-', ...words], { cwd: work, encoding: 'latin1', maxBuffer: 2 ** 28 });

/** For each image, what is run in it, a layer each. */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  overwritten: [
    'mkdir /d; for i in $(seq 50); do echo $i >/d/$i; done',
    'for i in $(seq 1 2 50); do echo new >/d/$i; done',
    'rm /d/1*',
  ],
  'whole directory replaced': [
    'mkdir -p /d/a/b; touch /d/a/b/c',
    'rm -rf /d; mkdir -p /d/a; touch /d/a/n',
    'rm -rf /d',
  ],
  'directory to file and back': [
    'mkdir /x; touch /x/in',
    'rm -rf /x; echo f >/x',
    'rm /x; mkdir /x; touch /x/again',
  ],
  'directory to link': [
    'mkdir -p /usr/lib64 /real; touch /usr/lib64/l',
    'rm -rf /usr/lib64; ln -s /real /usr/lib64',
    'touch /usr/lib64/by-link',
  ],
  'merged usr': [
    'mkdir -p /usr/sbin; ln -s usr/sbin /sbin',
    'echo 1 >/sbin/one',
    'rm /sbin/one; echo 2 >/sbin/two',
  ],
  'hard links across layers': [
    'mkdir /h; echo h >/h/a; ln /h/a /h/b; ln /h/a /h/c',
    'ln /h/b /h/d',
    'echo new >/h/c',
    'rm /h/a',
  ],
  'a farm of hard links, as conda makes it': [
    'mkdir -p /opt/pkgs /opt/env; for i in $(seq 200); do echo $i >/opt/pkgs/$i; ln /opt/pkgs/$i /opt/env/$i; done',
    'for i in $(seq 1 3 200); do rm /opt/env/$i; done; chmod 755 /opt/pkgs/5',
  ],
  'modes and times': [
    'mkdir -m 1777 /t; mkdir -m 700 /p; touch -d "2001-02-03 04:05:06" /t/old; chmod 4755 /t/old',
    'chmod 555 /p; touch -d "1999-01-01 00:00:00" /p /t; mkdir -m 2775 /g',
  ],
  names: [
    'mkdir "/n n"; touch "/n n/a b" "/n n/é" "/n n/-x" "/n n/$(printf "l\\nl")" "/n n/$(printf "\\377\\376")"',
    'rm "/n n/-x"; touch "/n n/*" "/n n/.hidden"',
  ],
  'long names': [
    'd=/l; for i in $(seq 30); do d=$d/directory-number-$i; done; mkdir -p $d; touch $d/$(printf "f%.0s" $(seq 200))',
  ],
  'links of all kinds': [
    'ln -s /etc /abs; ln -s ../../../up /up; ln -s loop2 /loop1; ln -s loop1 /loop2; ln -s . /here; ln -s "$(printf "x%.0s" $(seq 300))" /far',
  ],
  'pipes and holes': [
    'mkfifo -m 600 /pipe; dd if=/dev/null of=/holes bs=1 seek=3000000 2>/dev/null',
    'echo end >>/holes',
  ],
  'twenty layers': Array.from(
    { length: 20 },
    (_, at) => `echo ${at} >/last; echo ${at} >/of-${at}; rm -f /of-${at - 2}`,
  ),
  'layers with nothing in them': ['true', 'touch /one', 'true'],
  'closed directories': [
    'mkdir -p /c/in; touch /c/in/f; chmod 000 /c/in; chmod 0 /c',
    'chmod 700 /c /c/in; touch /c/in/g; chmod 111 /c/in',
  ],
};

beforeAll(() => {
  copyFileSync('/bin/busybox', join(work, 'busybox'));
  const stages = Object.values(IMAGES).map(
    (layers, at) =>
      `FROM base AS i${at}\n${layers.map(script => `RUN ${JSON.stringify(['/bin/sh', '-ec', script])}\n`).join('')}`,
  );
  const base = `FROM scratch AS base\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n`;
  writeFileSync(join(work, 'Dockerfile'), base + stages.join(''));
  Object.keys(IMAGES).forEach((_name, at) => {
    sh(
      `b="buildah --root $PWD/store --runroot $PWD/run --storage-driver vfs"
      $b bud --layers --isolation chroot --target "$1" -t "$1" . >log 2>&1 || { cat log >&2; exit 1; }
      $b push "$1" "oci:$1:latest" >/dev/null 2>&1`,
      `i${at}`,
    );
  });
}, 600_000);

/** Type, mode, size, times, names, path, target of all that is in a tree, and the sums of its files. */
function treeOf(directory: string): string[] {
  const lines = sh(
    `cd "$1"; find . -printf '%y %m %s %T@ %n %P -> %l\\0'; find . -type f -exec sha256sum -z {} +`,
    directory,
  );
  // Size and count of names of a directory are the file system's own.
  return lines.split('\0').map(line => line.replace(/^(d \d+) \d+ (\S+) \d+/s, '$1 - $2 -'));
}

/** What Apptainer's readers and mounts expect of an image, which umoci does not make. */
const ADDED =
  / (?:\.\/)?(?:\.singularity\.d.*|singularity|environment|\.(?:run|exec|shell|test)|dev|proc|sys|root|home|tmp|var|var\/tmp|etc|srv|cvmfs|etc\/hosts|etc\/resolv\.conf)(?: -> .*)?$/s;

/** What umoci leaves and jcds does not: setuid and setgid, and modes that would keep their owner out. */
function stated(line: string): string {
  const [, kind, mode, rest] = /^([fdp]) (\d+) (.*)$/s.exec(line) ?? [];
  if (kind === undefined) return line;
  const bits = (Number.parseInt(mode!, 8) & 0o1777) | (kind === 'd' ? 0o700 : 0o600);
  return `${kind} ${bits.toString(8)} ${rest}`;
}

test.each(Object.keys(IMAGES).map((name, at) => [name, `i${at}`]))(
  '%s',
  { timeout: 120_000 },
  (_name, image) => {
    sh('umoci unpack --rootless --image "$1:latest" "$2"', image, `umoci-${image}`);
    sh('"$1" convert -q "oci:$2:latest" --to "$3"', JCDS, image, `out-${image}`);
    const made = new Set(treeOf(join(work, `out-${image}`)));
    const wanted = new Set(treeOf(join(work, `umoci-${image}/rootfs`)).map(stated));
    expect([...wanted].filter(line => !made.has(line) && !ADDED.test(line))).toEqual([]);
    expect([...made].filter(line => !wanted.has(line) && !ADDED.test(line))).toEqual([]);
  },
);
