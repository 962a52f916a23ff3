// `jcds status` of 50 images against one, on a mount, with a server of the repository on loopback: one look at the
// repository and one question to the server whatever the number of images.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { machine, median, paired } from './paired.mjs';

const IMAGES = 50;
const REPOSITORY = 'small.jinr.ru';
const root = resolve(import.meta.dirname, '../..');
const base = mkdtempSync(join(tmpdir(), 'jcds-bench-status-'));

/** A whole small image, as `apptainer build` leaves it. */
function makeImage(directory) {
  for (const name of ['bin', 'dev', 'proc', 'sys', 'tmp', 'etc', 'usr/bin', '.singularity.d/env'])
    mkdirSync(join(directory, name), { recursive: true });
  copyFileSync('/bin/true', join(directory, 'bin/sh'));
  writeFileSync(join(directory, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(directory, '.singularity.d/Singularity'), 'bootstrap: docker\nfrom: debian:12\n');
  for (const name of ['runscript', 'env/10-docker2singularity.sh', 'env/99-base.sh']) {
    writeFileSync(join(directory, '.singularity.d', name), '#!/bin/sh\n');
    chmodSync(join(directory, '.singularity.d', name), 0o755);
  }
}

const contents = join(base, 'contents');
mkdirSync(join(contents, 'library'), { recursive: true });
const names = Array.from({ length: IMAGES }, (_, index) => `library/image${index}:1`);
for (const [index, name] of names.entries()) {
  const place = `.images/${String(index).padStart(2, '0')}/${'ab'.repeat(31)}`;
  makeImage(join(contents, place));
  symlinkSync(`/cvmfs/${REPOSITORY}/${place}`, join(contents, name));
}
const cvmfs = join(base, 'cvmfs');
const mount = join(cvmfs, REPOSITORY);
mkdirSync(mount, { recursive: true });
const squashfs = join(base, 'repository.squashfs');
const canMount =
  existsSync('/dev/fuse') &&
  spawnSync('mksquashfs', [contents, squashfs, '-quiet', '-no-progress']).status === 0 &&
  spawnSync('squashfuse', [squashfs, mount]).status === 0;
if (!canMount) execFileSync('cp', ['-a', `${contents}/.`, mount]);

execFileSync('tar', ['xzf', join(root, `test/fixtures/cvmfs/small-repo.tar.gz`), '-C', base]);
const server = spawn(
  process.execPath,
  [
    '-e',
    `require('node:http').createServer((request, response) => {
      response.end(require('node:fs').readFileSync(process.argv[1]));
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`,
    join(base, REPOSITORY, '.cvmfspublished'),
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const port = await new Promise(done => server.stdout.once('data', data => done(String(data).trim())));
  const status = images => [
    join(root, 'bin/jcds'),
    'status',
    '--cvmfs-root',
    cvmfs,
    '--repository',
    REPOSITORY,
    '--server',
    `http://127.0.0.1:${port}/cvmfs/@fqrn@`,
    ...images,
  ];
  const environment = { PATH: process.env.PATH, HOME: base };
  const options = { options: { env: environment }, runs: 15 };
  const times = paired({ one: [status(names.slice(0, 1))], fifty: [status(names)] }, options);
  const bound = times.one.map(one => 1.2 * one + 2 * IMAGES);
  const share = median(times.fifty.map((value, index) => value / bound[index]));
  console.log(`on a ${canMount ? 'squashfuse mount' : 'plain directory (no FUSE here)'}, ${machine()}`);
  console.log(
    `| one image, ms | ${IMAGES} images, ms | bound 1.2x + 2 ms each, ms | of the bound |\n|---|---|---|---|`,
  );
  console.log(
    `| ${median(times.one).toFixed(0)} | ${median(times.fifty).toFixed(0)} | ${median(bound).toFixed(0)} | ${share.toFixed(2)} |`,
  );
} finally {
  server.kill();
  if (canMount) spawnSync('fusermount3', ['-u', mount]);
  rmSync(base, { recursive: true, force: true });
}
