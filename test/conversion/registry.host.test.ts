import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeTar } from '../archive/make-tar.ts';
import { type RunningRegistry, startRegistry } from '../hosts/registry.ts';
import { linesOf } from './scratch.ts';
import { writeLayout } from './write-layout.ts';

const JCDS = resolve(import.meta.dirname, '../../bin/jcds');
const work = mkdtempSync(join(tmpdir(), 'jcds-convert-registry-'));
const run = promisify(execFile);
let registry: RunningRegistry;
let guarded: RunningRegistry;

/** Content that does not get shorter: five layers, the third and the first of which are one blob. */
const noise = Array.from({ length: 4 }, () => randomBytes(3_000_000));
const layers = noise.map((bytes, at) =>
  makeTar([
    { name: `file${at}`, content: bytes },
    { name: 'last', content: `${at}` },
  ]),
);

beforeAll(async () => {
  registry = await startRegistry();
  writeLayout(join(work, 'layout'), [layers[0]!, layers[1]!, layers[0]!, layers[2]!, layers[3]!]);
  writeFileSync(
    join(work, 'htpasswd'),
    `ann:${(await run('perl', ['-e', 'print crypt(q(secret words), q($2y$05$abcdefghijklmnopqrstuu))'])).stdout}\n`,
  );
  guarded = await startRegistry({
    REGISTRY_AUTH: 'htpasswd',
    REGISTRY_AUTH_HTPASSWD_REALM: 'test',
    REGISTRY_AUTH_HTPASSWD_PATH: join(work, 'htpasswd'),
  });
  await push(registry.host);
  await push(guarded.host, '--dest-creds', 'ann:secret words');
}, 120_000);
afterAll(async () => {
  await registry?.close();
  await guarded?.close();
  rmSync(work, { recursive: true, force: true });
});
afterEach(() => rmSync(join(work, 'out'), { recursive: true, force: true }));

async function push(host: string, ...options: string[]): Promise<void> {
  await run('skopeo', [
    'copy',
    '-q',
    '--dest-tls-verify=false',
    '--preserve-digests',
    ...options,
    `oci:${join(work, 'layout')}`,
    `docker://${host}/group/image:1`,
  ]);
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function convert(reference: string, environment: Record<string, string> = {}): Promise<Ended> {
  const env = { PATH: process.env.PATH!, HOME: work, ...environment };
  try {
    return {
      code: 0,
      ...(await run(JCDS, ['convert', '--json', reference, '--to', 'out'], { cwd: work, env })),
    };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as unknown as Ended;
    return { code, stdout, stderr };
  }
}

function expectWhole(): void {
  const ofLayers = readdirSync(join(work, 'out')).filter(name => /^(?:file|last)/.test(name));
  expect(ofLayers.sort()).toEqual(['file0', 'file1', 'file2', 'file3', 'last']);
  for (const [at, bytes] of noise.entries())
    expect(readFileSync(join(work, 'out', `file${at}`)).equals(bytes), `file${at}`).toBe(true);
  expect(readFileSync(join(work, 'out/last'), 'utf8')).toBe('3');
}

function expectNothing(): void {
  expect(existsSync(join(work, 'out'))).toBe(false);
  expect(readdirSync(work).filter(name => name.startsWith('.jcds'))).toEqual([]);
}

/** A way to a registry that ends each connection after so many bytes of answers, or changes them. */
async function between(host: string, most: number, alter: (bytes: Buffer) => Buffer = bytes => bytes) {
  const port = Number(host.split(':')[1]);
  const sockets = new Set<Socket>();
  const counted = { bytes: 0, connections: 0 };
  const server: Server = createServer(client => {
    const upstream = connect(port, '127.0.0.1');
    let left = most;
    counted.connections += 1;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', data => upstream.write(data));
    upstream.on('data', data => {
      const piece = alter(data).subarray(0, left);
      left -= piece.length;
      counted.bytes += piece.length;
      client.write(piece, () => {
        if (left <= 0) client.destroy();
      });
    });
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const address = server.address() as { port: number };
  return {
    host: `127.0.0.1:${address.port}`,
    counted,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('from a registry', { timeout: 120_000 }, () => {
  test('an image comes whole', async () => {
    const { code, stdout, stderr } = await convert(`${registry.host}/group/image:1`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const manifest = (
      await run('skopeo', [
        'inspect',
        '--raw',
        '--tls-verify=false',
        `docker://${registry.host}/group/image:1`,
      ])
    ).stdout;
    expect(JSON.parse(stdout)).toMatchObject({
      manifestDigest: `sha256:${createHash('sha256').update(manifest).digest('hex')}`,
      layers: 5,
      entries: 10,
      remarks: [],
    });
    expectWhole();
  });

  test('a private one with the credentials that podman login left, and not without', async () => {
    const auth = Buffer.from('ann:secret words').toString('base64');
    writeFileSync(join(work, 'auth.json'), JSON.stringify({ auths: { [guarded.host]: { auth } } }));
    const refused = await convert(`${guarded.host}/group/image:1`);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stderr).error.code).toBe('REGISTRY_UNAUTHORIZED');
    expectNothing();
    expect(
      (await convert(`${guarded.host}/group/image:1`, { REGISTRY_AUTH_FILE: join(work, 'auth.json') })).code,
    ).toBe(0);
    expectWhole();
  });

  test('one over connections that break off every megabyte: what came is not fetched again', async () => {
    const way = await between(registry.host, 1_000_000);
    try {
      const { code, stderr } = await convert(`${way.host}/group/image:1`);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expectWhole();
      const packed = new Set(readdirSync(join(work, 'layout/blobs/sha256')));
      const size = [...packed].reduce(
        (sum, name) => sum + statSync(join(work, 'layout/blobs/sha256', name)).size,
        0,
      );
      expect(way.counted.connections).toBeGreaterThan(10);
      // Heads of answers are some hundred bytes each.
      expect(way.counted.bytes).toBeLessThan(size * 1.01 + way.counted.connections * 1000);
    } finally {
      way.close();
    }
  });

  test('one whose bytes are changed on the way is an error before anything of it is read', async () => {
    let seen = 0;
    const way = await between(registry.host, Number.POSITIVE_INFINITY, bytes => {
      seen += bytes.length;
      const altered = Buffer.from(bytes);
      if (seen > 2_000_000 && altered.length > 3000) altered[2000]! ^= 1;
      return altered;
    });
    try {
      const { code, stderr } = await convert(`${way.host}/group/image:1`);
      expect(code).toBe(1);
      expect(JSON.parse(stderr).error).toMatchObject({
        code: 'CONTENT_MISMATCH',
        message: expect.stringMatching(/layer sha256:[0-9a-f]{64} of .* is not what its digest says$/),
      });
      expectNothing();
    } finally {
      way.close();
    }
  });

  test('a registry that ends in the middle, for good', async () => {
    const half = await between(registry.host, 900_000);
    try {
      const asked = convert(`${half.host}/group/image:1`);
      while (half.counted.bytes < 2_000_000) await new Promise(done => setImmediate(done));
      half.close();
      const { code, stderr } = await asked;
      expect(code).toBe(75);
      expect(JSON.parse(stderr).error.code).toBe('REGISTRY_UNREACHABLE');
      expectNothing();
    } finally {
      half.close();
    }
  });
});

test('the tree is that of the layout', async () => {
  cpSync(join(work, 'layout'), join(work, 'copy'), { recursive: true });
  await run(JCDS, ['convert', 'oci:copy', '--to', 'from-layout'], { cwd: work });
  await convert(`${registry.host}/group/image:1`);
  // Where an image comes from is said in two files.
  const isSame = (line: string) => !/ \.singularity\.d\/(?:Singularity|labels\.json) /.test(line);
  expect(linesOf(join(work, 'out')).filter(isSame)).toEqual(
    linesOf(join(work, 'from-layout')).filter(isSame),
  );
}, 60_000);
