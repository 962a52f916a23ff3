// `npm run demo`: a small repository in the service's layout, made from programs of this host under the user's cache
// directory, and jcds at work on it. Needs no CVMFS, no container runtime, no root and no network.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const reference = 'git.jinr.ru:5005/nica/demo:1.0';
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'jcds');
const root = join(cache, 'demo', 'cvmfs');

console.log('jcds demonstration: an image published in a CVMFS repository, found and run.\n');
if (process.platform !== 'linux') {
  console.log(
    `Containers need Linux, and this is ${process.platform}. docs/installation.md says how to run jcds in a Linux machine here.`,
  );
  process.exit(0);
}
makeRepository();
step('Where is it?', 'resolve', reference);
step('What is published?', 'list');
step('What would run?', 'run', '--dry-run', reference);
const ran = step('Run it', 'run', reference);
if (ran === 0)
  step(
    'Any command of the image, with the arguments exactly as typed',
    'exec',
    reference,
    'sh',
    '-c',
    'echo "$1 in $(cat /etc/demo-release)"',
    'sh',
    'a "quoted" $word',
  );
else
  console.log(
    `\nNothing on this host can start a container as this user; the message above names the cause and the cure.`,
  );
console.log(`\nThe demonstration repository is in ${root}; delete it when you like.`);

/** Shows a command line, then runs it. */
function step(title, ...args) {
  console.log(
    `\n# ${title}\n$ jcds ${args.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ')}`,
  );
  const { status } = spawnSync(jcds, args, {
    stdio: 'inherit',
    env: { ...process.env, JCDS_CVMFS_ROOT: root, JCDS_REPOSITORIES: 'containers.jinr.ru' },
  });
  return status;
}

/** The layout of the service: NAME:TAG is a link to `.images/<2 hex>/<rest>`, named by the image's content. */
function makeRepository() {
  rmSync(dirname(root), { recursive: true, force: true });
  const repository = join(root, 'containers.jinr.ru');
  // As in the service, the directory is named after what is in it: jcds remembers an image by this name.
  const hash = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex');
  const image = join(repository, '.images', hash.slice(0, 2), hash.slice(2));
  const link = join(repository, 'nica', 'demo:1.0');
  mkdirSync(image, { recursive: true });
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(`/cvmfs/containers.jinr.ru/.images/${hash.slice(0, 2)}/${hash.slice(2)}`, link);
  fillImage(image);
  console.log(`Made ${repository} with the image nica/demo:1.0 from programs of this host.`);
}

/** A root file system with a shell and a few programs, and what `apptainer build` leaves of an image's configuration. */
function fillImage(image) {
  for (const directory of [
    'bin',
    'dev',
    'etc',
    'home',
    'proc',
    'root',
    'sys',
    'tmp',
    'usr',
    'var/tmp',
    '.singularity.d/env',
    '.singularity.d/libs',
  ])
    mkdirSync(join(image, directory), { recursive: true });
  for (const name of ['sh', 'cat', 'ls', 'id', 'env', 'uname', 'pwd', 'sleep', 'true'])
    copyProgram(image, name);
  writeFileSync(join(image, 'bin/greet'), '#!/bin/sh\necho "$GREETING, $JCDS_IMAGE"\nid\npwd\n');
  chmodSync(join(image, 'bin/greet'), 0o755);
  writeFileSync(join(image, 'etc/demo-release'), 'the demonstration image\n');
  for (const name of ['passwd', 'group', 'hosts', 'resolv.conf']) writeFileSync(join(image, 'etc', name), '');
  const config = join(image, '.singularity.d');
  writeFileSync(join(config, 'Singularity'), `bootstrap: docker\nfrom: ${reference}\n`);
  writeFileSync(
    join(config, 'labels.json'),
    `${JSON.stringify({ 'org.label-schema.usage.singularity.deffile.bootstrap': 'docker', 'org.label-schema.usage.singularity.deffile.from': reference })}\n`,
  );
  writeFileSync(
    join(config, 'env/10-docker2singularity.sh'),
    '#!/bin/sh\nexport PATH="/bin"\nexport GREETING="${GREETING:-"Hello from the demonstration image"}"\n',
  );
  // Apptainer hands --env on only where this file is; what it holds does not matter here.
  writeFileSync(join(config, 'env/99-base.sh'), '#!/bin/sh\n');
  writeFileSync(join(config, 'runscript'), `#!/bin/sh\nOCI_ENTRYPOINT=''\nOCI_CMD='"/bin/greet"'\n`);
  chmodSync(join(config, 'runscript'), 0o755);
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
