// A cycle of `jcds sync` over a list of which nothing has changed: 562 images (as many as OSG's list has) in 140 repositories of one registry
// that takes 50 ms for each answer.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const [IMAGES, DELAY, ROUNDS] = [562, 50, 5];
const folder = mkdtempSync(join(tmpdir(), 'jcds-bench-sync-'));
const repository = join(folder, 'repository');
const sum = text => createHash('sha256').update(text).digest('hex');
const names = Array.from({ length: IMAGES }, (_, at) => `group/image${at >> 2}:${at & 3}`);

const asked = { heads: 0, others: 0, inFlight: 0, most: 0 };
const server = createServer(({ method, url }, response) => {
  if (method === 'HEAD') asked.heads += 1;
  else asked.others += 1;
  asked.inFlight += 1;
  asked.most = Math.max(asked.most, asked.inFlight);
  const [, image, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url);
  setTimeout(() => {
    asked.inFlight -= 1;
    response.writeHead(200, {
      'content-type': 'application/vnd.oci.image.manifest.v1+json',
      'docker-content-digest': `sha256:${sum(`${image}:${tag}`)}`,
    });
    response.end();
  }, DELAY);
});
await new Promise(done => server.listen(0, '127.0.0.1', done));
const host = `127.0.0.1:${server.address().port}`;

const manifests = {};
for (const name of names) {
  const hex = sum(name);
  const directory = `.images/${hex.slice(0, 2)}/${hex.slice(2)}`;
  manifests[`sha256:${hex}`] = directory;
  for (const path of [directory, dirname(name)]) mkdirSync(join(repository, path), { recursive: true });
  symlinkSync(relative(dirname(name), directory), join(repository, name));
}
mkdirSync(join(repository, '.jcds'));
writeFileSync(
  join(repository, '.jcds/manifests.json'),
  JSON.stringify({ schemaVersion: 1, platform: 'linux/amd64', manifests }),
  { mode: 0o644 },
);
writeFileSync(join(folder, 'list'), names.map(name => `${host}/${name}\n`).join(''));

const times = [];
for (let round = 0; round < ROUNDS; round += 1) {
  Object.assign(asked, { heads: 0, others: 0, most: 0 });
  const begun = performance.now();
  const words = ['sync', '-q', '--wishlist', join(folder, 'list'), '--target', `directory:${repository}`];
  const [code] = await once(spawn(jcds, words, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  times.push((performance.now() - begun) / 1000);
  if (code !== 0 || asked.heads !== IMAGES || asked.others !== 0)
    throw new Error(`it ended with ${code} after ${asked.heads} HEADs and ${asked.others} other requests`);
}
server.close();
rmSync(folder, { recursive: true });
const median = times.sort((one, other) => one - other)[ROUNDS >> 1];
console.log(
  `${IMAGES} unchanged images at ${DELAY} ms a request: ${median.toFixed(1)} s (median of ${ROUNDS}; ${times[0].toFixed(1)}-${times.at(-1).toFixed(1)}), ${asked.heads} HEADs and nothing else, ${asked.most} at a time`,
);
