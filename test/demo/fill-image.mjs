import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Makes a root file system with a shell and a few programs of this host. @param release what stands in etc/demo-release */
export function fillImage(image, release) {
  for (const directory of ['bin', 'dev', 'etc', 'home', 'proc', 'root', 'sys', 'tmp', 'usr', 'var/tmp'])
    mkdirSync(join(image, directory), { recursive: true });
  for (const name of ['sh', 'cat', 'ls', 'id', 'env', 'uname', 'pwd', 'sleep', 'true'])
    copyProgram(image, name);
  writeFileSync(join(image, 'bin/greet'), '#!/bin/sh\necho "$GREETING, $JCDS_IMAGE"\nid\npwd\n');
  chmodSync(join(image, 'bin/greet'), 0o755);
  writeFileSync(join(image, 'etc/demo-release'), `${release}\n`);
  for (const name of ['passwd', 'group', 'hosts', 'resolv.conf']) writeFileSync(join(image, 'etc', name), '');
}

/** Copies a program of this host and the libraries it is linked with, links followed, to the same places in the image. */
function copyProgram(image, name) {
  const program = ['/usr/bin', '/bin'].map(directory => join(directory, name)).find(existsSync);
  if (program === undefined) return;
  copyFileSync(program, join(image, 'bin', basename(program)));
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  for (const [, library] of (stdout ?? '').matchAll(/(?:=> |^\s*)(\/\S+)/gm)) {
    const place = join(image, library);
    if (existsSync(place)) continue;
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(library, place);
  }
}
