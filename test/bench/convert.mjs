// `npm run bench convert [--scale N]`: CPU, wall time and peak memory of `jcds convert` beside those of umoci, apptainer and GNU tar, in turn, over one image
// of five gzip layers: 45,000 files, 2 GB, some 600 MB packed; N is a part of that.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, median } from './paired.mjs';

const { scale, runs } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, runs: { type: 'string', default: '3' } },
  allowPositionals: true,
}).values;
const LAYERS = 5;
const FILES = Math.round(9000 * Number(scale));
const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const work = mkdtempSync(join(tmpdir(), 'jcds-bench-convert-'));

/** Wall and CPU seconds and the peak in MB of a command with all that it starts, as getrusage(2) says it. */
function measured(words) {
  const program = `import resource,subprocess,sys,time
began=time.monotonic()
code=subprocess.call(sys.argv[1:],stdout=subprocess.DEVNULL)
used=resource.getrusage(resource.RUSAGE_CHILDREN)
print(code,time.monotonic()-began,used.ru_utime+used.ru_stime,used.ru_maxrss/1000)`;
  const { stdout, stderr } = spawnSync('python3', ['-c', program, ...words], {
    cwd: work,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const [code, wall, cpu, peak] = stdout.trim().split('\n').at(-1).split(' ').map(Number);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stderr.slice(-1000)}`);
  return { wall, cpu, peak };
}

async function blob(file, mediaType) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece);
  const hex = hash.digest('hex');
  const size = statSync(file).size;
  renameSync(file, join(work, 'oci/blobs/sha256', hex));
  return { mediaType, digest: `sha256:${hex}`, size };
}

function run(...words) {
  const { status, stderr } = spawnSync(words[0], words.slice(1), { cwd: work, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
}

/** Six letters at random: gzip makes a third of them. */
function content(length) {
  const bytes = randomBytes(length);
  for (let at = 0; at < length; at += 1) bytes[at] = 97 + (bytes[at] % 6);
  return bytes;
}

async function makeLayout() {
  mkdirSync(join(work, 'oci/blobs/sha256'), { recursive: true });
  const pool = content(1 << 24);
  const [layers, diffIds] = [[], []];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const tree = join(work, `tree${layer}`);
    for (let at = 0; at < FILES; at += 1) {
      const directory = join(tree, `usr/l${layer}/d${at % 300}`);
      if (at < 300) mkdirSync(directory, { recursive: true });
      // Most are small, as in a distribution, and some are large.
      const size = at % 100 === 0 ? 2_500_000 : (at * 7919) % 40_000;
      const from = (at * 104_729) % (pool.length - size);
      writeFileSync(join(directory, `f${at}`), pool.subarray(from, from + size));
    }
    run('tar', '-C', tree, '--owner=0', '--group=0', '-cf', 'layer.tar', '.');
    rmSync(tree, { recursive: true });
    const hash = createHash('sha256');
    for await (const piece of createReadStream(join(work, 'layer.tar'))) hash.update(piece);
    diffIds.push(`sha256:${hash.digest('hex')}`);
    run('gzip', '-1', 'layer.tar');
    layers.push(await blob(join(work, 'layer.tar.gz'), 'application/vnd.oci.image.layer.v1.tar+gzip'));
  }
  const json = async (value, mediaType) => {
    writeFileSync(join(work, 'value'), JSON.stringify(value));
    return blob(join(work, 'value'), mediaType);
  };
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const rootfs = { type: 'layers', diff_ids: diffIds };
  const config = await json(
    { architecture, os: 'linux', config: {}, rootfs },
    'application/vnd.oci.image.config.v1+json',
  );
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await json({ schemaVersion: 2, mediaType: type, config, layers }, type);
  manifest.annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  writeFileSync(join(work, 'oci/oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(work, 'oci/index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return layers.map(({ digest }) => join('oci/blobs/sha256', digest.slice(7)));
}

try {
  const layers = await makeLayout();
  const ways = {
    'jcds convert': [jcds, 'convert', '-q', 'oci:oci', '--to', 'out'],
    'jcds pull': [jcds, 'pull', '-q', 'oci:oci', '--as', 'x:1', '--store', join(work, 'out')],
    'umoci unpack': ['umoci', 'unpack', '--rootless', '--image', 'oci:latest', 'out'],
    'apptainer build': ['apptainer', 'build', '--fix-perms', '--sandbox', 'out', `oci:${work}/oci`],
    'GNU tar': ['sh', '-c', 'mkdir out; for l; do tar -C out -xzf "$l" || exit; done', 'sh', ...layers],
  };
  const found = Object.fromEntries(Object.keys(ways).map(name => [name, []]));
  for (let turn = 0; turn < Number(runs); turn += 1)
    for (const [name, words] of Object.entries(ways)) {
      found[name].push(measured(words));
      run('chmod', '-R', 'u+rwX', 'out');
      rmSync(join(work, 'out'), { recursive: true });
    }
  const middle = (name, what) => median(found[name].map(one => one[what]));
  const packed = layers.reduce((sum, layer) => sum + statSync(join(work, layer)).size, 0);
  console.log(
    `${LAYERS * FILES} files, ${(packed / 1e6).toFixed(0)} MB packed in ${readdirSync(join(work, 'oci/blobs/sha256')).length - 2} layers; ${runs} runs each; ${machine()}`,
  );
  for (const name of Object.keys(ways)) {
    const [cpu, wall, peak] = ['cpu', 'wall', 'peak'].map(what => middle(name, what));
    const to = other => (cpu / middle(other, 'cpu')).toFixed(2);
    console.log(
      `${name.padEnd(16)} CPU ${cpu.toFixed(1)} s (${to('umoci unpack')} of umoci, ${to('apptainer build')} of apptainer), wall ${wall.toFixed(1)} s (${(wall / middle('GNU tar', 'wall')).toFixed(2)} of tar), peak ${peak.toFixed(0)} MB`,
    );
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
