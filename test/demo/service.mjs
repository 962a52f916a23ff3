// `npm run demo:service`: a service from nothing. A list, the check of a merge request, a repository, an image run from it; then a tag that is moved, a line
// that is removed, a registry that is dead. The registry is a small one of this program on loopback; its image is made from programs of this
// host. Needs no CVMFS, no container engine, no root and no network.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fillImage } from './fill-image.mjs';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'jcds');
const folder = join(cache, 'demo-service');
const name = 'images.example.org';
const repository = join(folder, 'cvmfs', name);
if (process.platform !== 'linux') {
  console.log(`Containers need Linux, and this is ${process.platform}.`);
  process.exit(0);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'cvmfs'), { recursive: true });
const blobs = new Map();
const tags = new Map();
let isDead = false;
const server = createServer(answer);
await new Promise(done => server.listen(0, '127.0.0.1', done));
const host = `127.0.0.1:${server.address().port}`;
const list = join(folder, 'docker_images.txt');
const before = join(folder, 'docker_images.main.txt');
const target = ['--platform', process.arch, '--wishlist', list, '--target', `directory:${repository}`];

console.log(`A service that publishes images: the registry is ${host}, the repository ${repository}\n`);
push('nica/demo:1.0', 'the first image');
push('nica/demo:2.0', 'the second image');
writeFileSync(before, '# images of the demonstration\n');
writeFileSync(list, `${readFileSync(before, 'utf8')}${host}/nica/demo:1.0\n${host}/nica/demo:2.0\n`);

await step(
  'What does the merge request bring?',
  0,
  'sync',
  '--check',
  '--platform',
  process.arch,
  '--wishlist',
  list,
  '--base',
  before,
);
await step('What would a cycle do?', 0, 'sync', '--dry-run', ...target);
await step('One cycle', 0, 'sync', ...target);
const run = ['exec', '--cvmfs-root', join(folder, 'cvmfs'), '--repository', name];
await step('An image of the repository', null, ...run, 'nica/demo:1.0', 'cat', '/etc/demo-release');
push('nica/demo:1.0', 'the first image, pushed anew');
await step('A tag was moved', 0, 'sync', ...target);
await step('The image now', null, ...run, 'nica/demo:1.0', 'cat', '/etc/demo-release');
writeFileSync(list, `${host}/nica/demo:1.0\n`);
await step('A line was removed: its link goes, its content two days later', 0, 'sync', ...target);
isDead = true;
await step('The registry is dead: nothing is taken away', 75, 'sync', ...target);
writeFileSync(list, '');
await step('An empty list is not followed', 2, 'sync', ...target);
server.close();
server.closeAllConnections();
console.log(`\nEverything is in ${folder}; delete it when you like.`);

/** Shows a command line, then runs it; it must end with this code, where one is named. */
async function step(title, wanted, ...args) {
  console.log(`\n# ${title}\n$ jcds ${args.join(' ')}`);
  const env = { ...process.env, JCDS_NETWORK: 'true' };
  const [code] = await once(spawn(jcds, args, { stdio: ['ignore', 'inherit', 'inherit'], env }), 'exit');
  console.log(`(ended with ${code})`);
  if (wanted === null || code === wanted) return;
  console.error(`It was to end with ${wanted}.`);
  process.exit(1);
}

/** Makes an image of one layer from programs of this host, and has the registry give it under a name. */
function push(image, release) {
  const [root, layer] = [join(folder, 'root'), join(folder, 'layer.tar')];
  rmSync(root, { recursive: true, force: true });
  fillImage(root, release);
  const { status } = spawnSync('tar', ['-cf', layer, '-C', root, '.'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('tar failed');
  const tar = blob(readFileSync(layer), 'application/vnd.oci.image.layer.v1.tar');
  const config = blob(
    Buffer.from(
      JSON.stringify({
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config: { Env: ['PATH=/bin'], Cmd: ['/bin/greet'] },
        rootfs: { type: 'layers', diff_ids: [tar.digest] },
      }),
    ),
    'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const text = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [tar] });
  tags.set(image, blob(Buffer.from(text), mediaType).digest);
}

function blob(bytes, mediaType) {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  blobs.set(digest, { bytes, mediaType });
  return { mediaType, digest, size: bytes.length };
}

/** As much of a registry as pulling needs. */
function answer({ method, url }, response) {
  const [, image, , place] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
  const digest = tags.get(`${image}:${place}`) ?? place;
  const found = blobs.get(digest);
  const status = isDead ? 503 : found === undefined ? 404 : 200;
  if (status !== 200) {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end('{"errors":[]}');
    return;
  }
  const { bytes, mediaType } = found;
  response.writeHead(200, {
    'content-type': mediaType,
    'content-length': bytes.length,
    'docker-content-digest': digest,
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}
