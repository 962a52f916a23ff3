import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ATTRIBUTE_TOOLS } from '../../src/cvmfs/attribute-tools.ts';
import { type AttributeQuestion, readAttributes } from '../../src/cvmfs/attributes.ts';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { onlyStandIns } from './stand-ins.ts';

/** What the mount says of itself, as a CVMFS client's does. */
const VALUES = {
  revision: '811',
  root_hash: '4309d23c38f2e6070de6f954535ff59c7fff12c8',
  repo_counters: 'chunked,3\n"quoted" \\ é\n',
};
let root: string;
let mount: HangableMount;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'jcds-attributes-'));
  const contents = join(root, 'contents');
  mkdirSync(contents);
  for (const [name, value] of Object.entries(VALUES))
    execFileSync('setfattr', [
      '-n',
      `user.${name}`,
      '-v',
      `0x${Buffer.from(value).toString('hex')}`,
      contents,
    ]);
  mount = await mountHangable(join(root, 'repository'), contents);
});
afterAll(async () => {
  await mount.close();
  rmSync(root, { recursive: true, force: true });
});

/** With one real tool alone; `native` is the package that is installed. */
function read(tool: string, timeout = 5000) {
  const question: AttributeQuestion = {
    path: mount.directory,
    names: ['revision', 'root_hash', 'repo_counters', 'tag'],
    environment: {
      PATH: onlyStandIns(join(root, tool), { [tool]: `exec /usr/bin/${tool} "$@"\n` }),
    },
    timeout,
  };
  return readAttributes(tool === 'native' ? question : { ...question, nativeModule: null });
}

test.each(ATTRIBUTE_TOOLS)('%s reads a real mount', async tool => {
  expect(await read(tool)).toEqual({ state: 'read', tool, values: VALUES, refused: [] });
});

test.each(ATTRIBUTE_TOOLS)('%s is not waited for on a mount that hangs', async tool => {
  await mount.stop();
  try {
    expect(await read(tool, 300)).toMatchObject({ state: 'unknown', code: 'HUNG' });
  } finally {
    await mount.resume();
  }
});

test('a client that died is told from one that says nothing', async () => {
  await mount.kill();
  for (const tool of ATTRIBUTE_TOOLS)
    expect([tool, await read(tool)]).toMatchObject([tool, { state: 'unknown', code: 'DISCONNECTED' }]);
});
