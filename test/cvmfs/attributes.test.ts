import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseGetfattr } from '../../src/cvmfs/attribute-tools.ts';
import { type AttributeQuestion, readAttributes } from '../../src/cvmfs/attributes.ts';
import { clientRevision, clientTraffic, REVISION_NAMES, TRAFFIC_NAMES } from '../../src/cvmfs/client-view.ts';
import { getfattr, onlyStandIns, printing, REAL_ATTRIBUTES } from './stand-ins.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jcds-attributes-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Asks with these programs and no others. */
function read(scripts: Readonly<Record<string, string>>, changes: Partial<AttributeQuestion> = {}) {
  return readAttributes({
    path: '/cvmfs/containers.jinr.ru',
    names: ['revision', 'root_hash', 'tag'],
    environment: { PATH: onlyStandIns(join(directory, 'bin'), scripts) },
    timeout: 5000,
    nativeModule: null,
    ...changes,
  });
}

/** A module in the place of the native package. */
function nativeModule(text: string): string {
  const file = join(directory, 'native.cjs');
  writeFileSync(file, text);
  return file;
}

const ROOT_HASH = '4309d23c38f2e6070de6f954535ff59c7fff12c8';

test('reads what a real client says, each attribute listed twice', async () => {
  const answer = await read(
    { getfattr: printing(REAL_ATTRIBUTES + REAL_ATTRIBUTES) },
    { names: [...REVISION_NAMES, ...TRAFFIC_NAMES] },
  );
  expect(clientRevision(answer)).toEqual({
    revision: 6,
    rootHash: ROOT_HASH,
    nextCheck: 0,
    version: '2.12.0.0',
  });
  expect(clientTraffic(answer)).toEqual({
    hitRate: 26.667,
    received: 1564 * 1024,
    downloads: 11,
    opened: 6,
    inputOutputErrors: 1,
    cleanups: 0,
    uptimeMinutes: 11,
  });
});

test('reads every form that getfattr writes a value in', () => {
  const { values } = parseGetfattr(REAL_ATTRIBUTES);
  expect(values.proxy_list).toBe('DIRECT\n');
  expect(values.tag).toBe('');
  expect(values.catalog_counters?.split('\n').slice(0, 3)).toEqual([
    `catalog_hash: ${ROOT_HASH}`,
    'catalog_mountpoint: ',
    'chunked,3',
  ]);
  expect(values.logbuffer).toBe('[22 Nov 2026 17:48:16 UTC] …');
  const odd = 'user.a="x\\"y\\\\z\\303\\251"\nuser.b\nuser.c=0x4849\nuser.a="second"\nnot a line of it';
  expect({ ...parseGetfattr(odd).values }).toEqual({ a: 'x"y\\zé', b: '', c: 'HI' });
});

const NATIVE = `exports.getAttributeSync = (path, name) => {
  if (name === 'user.revision') return Buffer.from('811');
  if (name === 'user.tag') return null;
  throw Object.assign(new Error('Operation not permitted (os error 1)'), { code: 'GenericFailure' });
};
exports.listAttributesSync = () => [];`;
const PYTHON = printing(
  '["revision", "ODEx", null]\n["root_hash", null, "EPERM"]\n["tag", null, "ENODATA"]\n["rev',
);
const ATTR = `case $3 in
revision) printf 811 ;;
root_hash) echo 'attr_get: Operation not permitted' >&2; exit 1 ;;
*) echo 'attr_get: No data available' >&2; exit 1 ;;
esac
`;

test.each([
  ['native', {}, NATIVE, ['root_hash']],
  ['getfattr', { getfattr: getfattr({ revision: '811' }) }, null, []],
  ['attr', { attr: ATTR }, null, ['root_hash']],
  ['python3', { python3: PYTHON }, null, ['root_hash']],
] as const)('%s alone is enough', async (tool, scripts, native, refused) => {
  const answer = await read(scripts, native === null ? {} : { nativeModule: nativeModule(native) });
  expect(answer).toEqual({ state: 'read', tool, values: { revision: '811' }, refused });
});

test('a tool that is there and cannot start is passed over', async () => {
  const answer = await read(
    { getfattr: 'echo "error while loading shared libraries" >&2\nexit 1\n', python3: PYTHON },
    { nativeModule: nativeModule('throw new Error("wrong libc")') },
  );
  expect(answer).toMatchObject({ state: 'read', tool: 'python3' });
});

test('attributes that a site hides from listing are asked by name', async () => {
  expect(await read({ getfattr: getfattr({ revision: '811', tag: '' }, true) })).toEqual({
    state: 'read',
    tool: 'getfattr',
    values: { revision: '811', tag: '' },
    refused: [],
  });
});

/** A getfattr that refuses, in the two forms of the real one: of an attribute, of the path. */
const refusing = (reason: string, isNamed: boolean) =>
  `for last; do :; done\necho "${isNamed ? '$last: $2: ' : 'getfattr: $last: '}${reason}" >&2\nexit 1\n`;
const MOUNT = '/cvmfs/containers.jinr.ru';

test.each([
  [
    'no tool at all',
    null,
    'NO_TOOL',
    'no program here can read extended attributes (install getfattr: package attr)',
  ],
  [
    'a directory that no client serves',
    refusing('No such attribute', true),
    'NOT_CVMFS',
    `${MOUNT} is not a mount of a CVMFS client of this host`,
  ],
  [
    'a site that keeps them from users',
    refusing('Operation not permitted', true),
    'REFUSED',
    `this site keeps the attributes of ${MOUNT} from users`,
  ],
  [
    'a client that died',
    refusing('Transport endpoint is not connected', false),
    'DISCONNECTED',
    `the CVMFS client that served ${MOUNT} has died`,
  ],
  [
    'a path that is not there',
    refusing('No such file or directory', false),
    'UNREADABLE',
    `the attributes of ${MOUNT} cannot be read (ENOENT)`,
  ],
])('%s is told apart', async (_what, script, code, reason) => {
  const scripts = script === null ? {} : { getfattr: script };
  expect(await read(scripts)).toEqual({ state: 'unknown', code, reason });
});

test('a tool that hangs is left behind, and no other is tried', async () => {
  expect(await read({ getfattr: 'exec sleep 20\n', python3: PYTHON }, { timeout: 300 })).toEqual({
    state: 'unknown',
    code: 'HUNG',
    reason: `${MOUNT} gave no answer within 0.3 s`,
  });
});

const reading = (values: Record<string, string>) =>
  ({ state: 'read', tool: 'getfattr', values, refused: [] }) as const;

test.each([
  [{ revision: 'n/a', root_hash: 'n/a', expires: 'n/a' }, [null, null, null]],
  [{ revision: '', root_hash: '', expires: '' }, [null, null, null]],
  [{ revision: '-1', root_hash: '\u001b[2J', expires: '3.5' }, [null, null, null]],
  [{ revision: '812 ', root_hash: `${ROOT_HASH}-rmd160`, expires: '3' }, [812, `${ROOT_HASH}-rmd160`, 3]],
  [{ revision: '812', expires: 'never (fixed root catalog)' }, [812, null, 'never']],
])('the values %j are read as %j', (values, [revision, rootHash, nextCheck]) => {
  expect(clientRevision(reading(values))).toMatchObject({ revision, rootHash, nextCheck });
});

test.each([
  ['n/a', null],
  ['', null],
  ['37.500', 37.5],
  ['1e9', null],
])('the hit rate %j is %j', (hitrate, expected) => {
  expect(clientTraffic(reading({ hitrate })).hitRate).toBe(expected);
});
