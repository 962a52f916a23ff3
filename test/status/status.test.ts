import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { amendIndex } from '../../src/completion/index-file.ts';
import { layersHash } from '../../src/registry/compare.ts';
import { serveProxy } from '../cvmfs/http/server.ts';
import { standIns } from '../cvmfs/stand-ins.ts';
import { elfHeader } from '../hosts/image-files.ts';
import { makeImage, makeIndex } from '../registry/images.ts';
import { MemoryRegistry } from '../registry/memory-registry.ts';
import { listen, reply } from '../registry/server.ts';
import { attributeDirectory, closed, cvmfs, GOOD, JINR, run, stratum } from './setting.ts';

const image = makeImage('bmn');
const moved = makeImage('bmn later');
const index = makeIndex([image]);
const hashOf = ({ layers }: typeof image) => layersHash(layers.map(layer => layer.digest));
const record = (from: string) => ({
  '.singularity.d/Singularity': `bootstrap: docker\nfrom: ${from}\n\n`,
});
const { '.singularity.d/Singularity': _, '.singularity.d/labels.json': _labels, ...UNRECORDED } = GOOD;
const without = (start: string) =>
  Object.fromEntries(Object.entries(GOOD).filter(([name]) => !name.startsWith(start)));

let root: string;
beforeAll(() => {
  root = cvmfs(
    {
      'library/debian:12': { files: GOOD },
      'nica/bmn:1': { files: UNRECORDED, hash: hashOf(image) },
      'nica/index:1': { files: UNRECORDED, hash: index.digest },
      'nica/hub:1': { files: { ...GOOD, ...record('nica/hub:1') } },
      'broken/shell:1': { files: without('bin/') },
      'broken/arm:1': { files: { ...without('bin/'), 'bin/sh': { program: elfHeader(183) } } },
      'broken/metadata:1': { files: without('.singularity.d') },
      'broken/points:1': { files: without('proc') },
      'broken/loop:1': { link: 'loop:1' },
    },
    { revision: '811', expires: '3' },
  );
});

interface Parsed {
  readonly state: string;
  readonly target: string | null;
  readonly reason: { readonly code: string } | null;
  readonly findings: readonly {
    readonly code: string;
    readonly message: string;
    readonly evidence: string;
  }[];
  readonly revision: { readonly client: number | null; readonly server: number | null };
}

/** `status --json` of some images, with a server at revision 812. */
async function status(
  args: readonly string[],
  { revision = 812, environment = {} }: { revision?: number; environment?: Record<string, string> } = {},
) {
  const server = await stratum(revision);
  const options = ['--cvmfs-root', root, '--server', server.template, '--json', '--cvmfs-timeout', '10'];
  const ran = await run(['status', ...options, ...args], { environment });
  expect(ran.stderr).toBe('');
  return { code: ran.code, images: JSON.parse(ran.stdout) as Parsed[] };
}

const codes = ({ findings }: Parsed) => findings.map(({ code }) => code);

test('an image that is there says so, as resolve does, with both revisions', async () => {
  const { code, images } = await status(['debian:12']);
  const resolved = await run(['resolve', '--json', '--cvmfs-root', root, 'debian:12']);
  expect(code).toBe(0);
  const { reasons, ...seen } = JSON.parse(resolved.stdout);
  const { newest: _told, local: _other, ...others } = reasons;
  const local = 'there is none: jcds pull makes one';
  const revision = { client: 811, server: 812, reason: null };
  expect(images).toEqual([{ ...seen, newest: false, reasons: { ...others, local }, revision }]);
});

test('a missing image may be there where the server is ahead, and is not there where it is not', async () => {
  const behind = await status(['nothing/here:1']);
  expect(behind.code).toBe(75);
  expect(behind.images).toMatchObject([
    {
      state: 'missing',
      findings: [
        {
          code: 'stale-client',
          message: `it may be published in ${JINR} already: the server is at revision 812, this client at 811 and looks again in 3 min`,
          hint: `wait until it is visible here: jcds wait nothing/here:1; root can hasten it: cvmfs_talk -i ${JINR} remount sync`,
        },
      ],
      revision: { client: 811, server: 812 },
    },
  ]);
  const current = await status(['nothing/here:1'], { revision: 811 });
  expect(current).toMatchObject({ code: 1, images: [{ state: 'missing', newest: true, findings: [] }] });
});

test('a server that lags behind this host makes nothing stale', async () => {
  const { images } = await status(['nothing/here:1'], { revision: 810 });
  expect(images).toMatchObject([{ findings: [], revision: { client: 811, server: 810 } }]);
});

test.each([
  ['broken/shell:1', ['broken-image'], 'it has no shell, without which Apptainer starts nothing in it'],
  [
    'broken/metadata:1',
    ['broken-image'],
    'it has no .singularity.d: what it sets in its environment or starts by itself is not known',
  ],
  ['broken/points:1', ['broken-image'], "it has no /proc, where a runtime shows what is the host's"],
])('%s is published and not usable', async (name, expected, message) => {
  const { code, images } = await status([name]);
  expect(code).toBe(0);
  expect(images.map(codes)).toEqual([expected]);
  expect(images[0]).toMatchObject({ state: 'published', findings: [{ message }] });
});

test('programs of another architecture are found out', async () => {
  const { images } = await status(['broken/arm:1']);
  const { code, message } = images[0]!.findings[0]!;
  expect([code, message]).toEqual(['broken-image', expect.stringContaining('its programs are for arm64')]);
});

test('an entry that leads nowhere is broken', async () => {
  const { code, images } = await status(['broken/loop:1']);
  expect(code).toBe(1);
  expect(images).toMatchObject([
    { state: 'broken', reason: { code: 'loop' }, findings: [{ code: 'broken-image' }] },
  ]);
});

test('an image of another registry is a mismatch, one without record is ambiguous', async () => {
  const mismatch = await status(['git.jinr.ru:5005/nica/hub:1']);
  expect([mismatch.code, codes(mismatch.images[0]!)]).toEqual([1, ['registry-mismatch']]);
  const ambiguous = await status(['git.jinr.ru:5005/nica/bmn:1']);
  expect([ambiguous.code, codes(ambiguous.images[0]!)]).toEqual([0, ['ambiguous-registry']]);
});

test('an image for another platform than the one asked for is told, and is none', async () => {
  const { code, images } = await status(['--platform', 'linux/arm64', 'debian:12']);
  expect([code, images.map(codes)]).toEqual([1, [['platform-mismatch']]]);
});

/** The registry of bmn: with what stands under its tags now. */
async function registry(tags: Readonly<Record<string, typeof image>>) {
  const memory = new MemoryRegistry();
  for (const [name, tagged] of Object.entries(tags)) {
    const [repository = '', tag = ''] = name.split(':');
    memory.tag(repository, tag, tagged === image && repository === 'nica/index' ? index : tagged.manifest, [
      tagged,
    ]);
  }
  return closed(await listen(memory.handle));
}

test.each([
  ['nica/bmn:1', image, []],
  ['nica/index:1', image, []],
  ['nica/bmn:1', moved, ['ambiguous-registry', 'outdated']],
  ['nica/index:1', moved, ['ambiguous-registry', 'outdated']],
])('--check-registry of %s', async (name, tagged, expected) => {
  const { host } = await registry({ [name]: tagged });
  const { code, images } = await status(['--check-registry', `${host}/${name}`]);
  expect([code, codes(images[0]!)]).toEqual([0, expected]);
});

test('a tag that the registry no longer has is told, of what is published and of what is not', async () => {
  const { host } = await registry({});
  const { code, images } = await status(['--check-registry', `${host}/nica/bmn:1`, `${host}/nica/none:1`], {
    revision: 811,
  });
  expect(code).toBe(1);
  expect(images.map(codes)).toEqual([['ambiguous-registry', 'removed-upstream'], ['removed-upstream']]);
  expect(images[1]!.findings[0]!.message).toBe('its registry does not have it either');
});

test('a digest that the layout cannot prove is proven by the registry, or refuted', async () => {
  const { host } = await registry({ 'nica/bmn:1': image, 'nica/bmn:2': moved });
  const named = (digest: string) => `${host}/nica/bmn:1@${digest}`;
  const unproven = await status([named(image.manifest.digest)]);
  expect([unproven.code, codes(unproven.images[0]!)]).toEqual([1, ['digest-unproven', 'ambiguous-registry']]);
  const proven = await status(['--check-registry', named(image.manifest.digest)]);
  expect([proven.code, codes(proven.images[0]!)]).toEqual([0, []]);
  const refuted = await status(['--check-registry', named(moved.manifest.digest)]);
  expect([refuted.code, refuted.images[0]!.findings[0]!.message]).toEqual([
    1,
    'what is published under this name is another image than the digest names',
  ]);
});

test('a registry that shows nothing to everyone leaves the answer open, and says so', async () => {
  const { host } = closed(
    await listen((_heard, response) => reply(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' })),
  );
  const server = await stratum(811);
  const where = ['--cvmfs-root', root, '--server', server.template];
  const { code, stdout } = await run(['status', ...where, '--check-registry', `${host}/nica/bmn:1`]);
  expect(code).toBe(0);
  expect(stdout).toContain('  registry: ');
});

test('a name without registry is compared with the registry of its record, never with Docker Hub by chance', async () => {
  const server = await stratum(811);
  const { stdout } = await run([
    'status',
    '--cvmfs-root',
    root,
    '--server',
    server.template,
    '--check-registry',
    'nica/bmn:1',
  ]);
  expect(stdout).toContain(
    '  registry: nothing says which registry it comes from: name it with its registry',
  );
});

test('the site’s proxies are asked as the client asks them', async () => {
  const [server, proxy] = [await stratum(812), closed(await serveProxy())];
  const PATH = standIns(join(attributeDirectory(), 'bin'), {
    cvmfs_config: `echo 'CVMFS_SERVER_URL=${server.template}    # from /etc/cvmfs/domain.d/jinr.ru.conf'
echo 'CVMFS_HTTP_PROXY=${proxy.url}    # from /etc/cvmfs/default.local'\n`,
  });
  const ran = await run(['status', '--json', '--cvmfs-root', root, 'debian:12'], { environment: { PATH } });
  expect(JSON.parse(ran.stdout)).toMatchObject([{ revision: { client: 811, server: 812 } }]);
  expect(proxy.requests).toEqual([`GET ${server.origin}/cvmfs/${JINR}/.cvmfspublished`]);
});

test('a site whose proxy setting is nonsense is still told what is here', async () => {
  const PATH = standIns(join(attributeDirectory(), 'bin'), {
    cvmfs_config: `echo 'CVMFS_SERVER_URL=http://127.0.0.1:9/'\necho 'CVMFS_HTTP_PROXY={{ squid }}'\n`,
  });
  const ran = await run(['status', '--json', '--cvmfs-root', root, 'debian:12'], { environment: { PATH } });
  expect([ran.code, JSON.parse(ran.stdout)]).toMatchObject([
    0,
    [{ revision: { client: 811, server: null } }],
  ]);
});

test('without the network nothing is asked', async () => {
  const server = await stratum(812);
  const where = ['--cvmfs-root', root, '--server', server.template, '--check-registry'];
  const ran = await run(['status', ...where, '-v', 'nothing/here:1'], {
    environment: { JCDS_NETWORK: 'false' },
  });
  expect(server.requests).toEqual([]);
  expect(ran.stdout).toContain('jcds may not use the network here');
});

test('a root that is not there is unreachable, and decides the exit code', async () => {
  const ran = await run(['status', '--cvmfs-root', '/nowhere', 'debian:12'], {
    environment: { JCDS_NETWORK: 'false' },
  });
  expect(ran.code).toBe(75);
  expect(ran.stdout).toBe(
    [
      'IMAGE              STATE        FINDINGS',
      'library/debian:12  unreachable',
      '',
      'library/debian:12',
      `  unreachable: ${JINR} cannot be seen: there is no /nowhere on this host`,
      '    hint: images come by CVMFS, a read-only network file system that is usually mounted at /cvmfs: ask the administrator of this host for its client, or say where it is with --cvmfs-root',
      '',
      JINR,
      `  the revision of this client is not known: the attributes of /nowhere/${JINR} cannot be read (ENOENT); that of the server is not known: jcds may not use the network here (setting \`network\`)`,
      '',
    ].join('\n'),
  );
});

test('the report on a terminal: colour by state, and -v gives the evidence', async () => {
  const server = await stratum(812);
  const where = ['--cvmfs-root', root, '--server', server.template];
  const ran = await run(['status', ...where, '-v', 'broken/shell:1', 'nothing/here:1'], { columns: 200 });
  expect(ran.stdout).toContain('\u001b[32mpublished\u001b[39m');
  expect(ran.stdout).toContain('\u001b[31mmissing\u001b[39m');
  expect(ran.stdout).toContain('\n    evidence: /bin/sh is not in the image, or cannot be executed\n');
  expect(ran.stdout).toContain(`  looked at: ${root}/${JINR}/nothing/here:1\n`);
});

test('a terminal of 20 columns gets no longer line', async () => {
  const server = await stratum(812);
  const where = ['--cvmfs-root', root, '--server', server.template];
  const ran = await run(['status', ...where, '-v', 'debian:12', 'broken/shell:1', 'nothing/here:1'], {
    columns: 20,
    environment: { NO_COLOR: '1' },
  });
  expect(ran.stdout.split('\n').filter(line => line.length > 20)).toEqual([]);
});

test('fifty images of a repository are found by one look, and its server is asked once', async () => {
  const server = await stratum(812);
  const names = Array.from({ length: 50 }, (_one, number) => `nothing/here:${number}`);
  const ran = await run(['status', '--json', '--cvmfs-root', root, '--server', server.template, ...names]);
  expect(JSON.parse(ran.stdout)).toHaveLength(50);
  expect(server.requests).toEqual([`${JINR}/.cvmfspublished`]);
});

test('what was seen enters the index of names for TAB, and what is gone leaves it', async () => {
  const cache = attributeDirectory();
  const names = () =>
    readFileSync(join(cache, `jcds/completion/${JINR}.names`), 'utf8')
      .split('\n')
      .slice(1, -1);
  const options = { environment: { XDG_CACHE_HOME: cache } };
  const at = { environment: options.environment, uid: process.getuid?.() ?? 0, home: cache, now: Date.now };
  amendIndex(at, { name: JINR, layout: 'osg' }, { published: ['gone/away:1', 'kept/name:1'] });
  await status(['debian:12', 'gone/away:1'], options);
  expect(names().sort()).toEqual(['kept/name:1', 'library/debian:12']);
});

test.each([
  [['status', 'debian:12', 'a//b'], 'INVALID_REFERENCE', 2],
  [['status'], 'USAGE', 2],
])('%j is refused before anything is looked at', async (args, code, exitCode) => {
  const ran = await run([...args, '--json']);
  expect([JSON.parse(ran.stderr).error.code, ran.code, ran.stdout]).toEqual([code, exitCode, '']);
});
