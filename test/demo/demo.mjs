// `npm run demo`: a small repository in the service's layout, made from programs of this host under the user's cache
// directory, and jcds at work on it. Needs no CVMFS, no container runtime, no root and no network.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fillImage } from './fill-image.mjs';

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
  fillImage(image, 'the demonstration image');
  describe(image);
  console.log(`Made ${repository} with the image nica/demo:1.0 from programs of this host.`);
}

/** What `apptainer build` leaves of an image's configuration. */
function describe(image) {
  for (const directory of ['env', 'libs'])
    mkdirSync(join(image, '.singularity.d', directory), { recursive: true });
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
