import { beforeAll, expect, test } from 'vitest';
import { NOW } from '../cvmfs/http/generator.ts';
import { serve } from '../cvmfs/http/server.ts';
import { publishTree, type Tree } from '../cvmfs/no-mount/published-tree.ts';
import { keyFile } from '../cvmfs/no-mount/setting.ts';
import { closed, cvmfs, GOOD, JINR, run, stratum } from './setting.ts';

// A mount at revision 811, and servers that have 812: what is missing here is looked for in the signed repository.

let root: string;
beforeAll(() => {
  root = cvmfs({ 'library/debian:12': { files: GOOD } }, { revision: '811', expires: '3' });
});

const TREE: Tree = { '.images/ab': { directory: true }, 'nica/new:1': { link: '../.images/ab' } };

async function status(server: { template: string }, words: readonly string[]) {
  const options = ['--cvmfs-root', root, '--server', server.template, '--cvmfs-timeout', '10'];
  return run(['status', ...options, ...words], { now: () => NOW });
}

const ahead = async () => closed(await serve(publishTree(JINR, TREE, { revision: 812 })));
const BEHIND = 'the server is at revision 812, this client at 811 and looks again in 3 min';

test('an image that only the newer revision has is published there, and that is proven', async () => {
  const server = await ahead();
  const ran = await status(server, ['--json', '--keys', keyFile(), 'nica/new:1', 'debian:12']);
  expect(ran.code).toBe(75);
  const [missing, present] = JSON.parse(ran.stdout);
  expect(missing).toMatchObject({ state: 'missing', mounted: true, revision: { client: 811, server: 812 } });
  expect(missing.findings).toEqual([
    {
      code: 'stale-client',
      message: `it is published in ${JINR} already: ${BEHIND}`,
      evidence: expect.stringMatching(
        new RegExp(
          `^mounted here is revision 811 \\(.*\\), ${server.origin}/cvmfs/${JINR} has revision 812 \\([0-9a-f]{40}\\), published at .*; in revision 812 it leads to ${root}/${JINR}/\\.images/ab$`,
        ),
      ),
      hint: `wait until it is visible here: jcds wait nica/new:1; root can hasten it: cvmfs_talk -i ${JINR} remount sync`,
      verified: true,
    },
  ]);
  expect(present).toMatchObject({
    state: 'published',
    mounted: true,
    verified: null,
    http: null,
    findings: [{ code: 'removed', verified: true }],
  });
});

test('an image that the newer revision has not either is missing, and nothing is stale about that', async () => {
  const ran = await status(await ahead(), ['--json', '--keys', keyFile(), 'nica/none:1']);
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.stdout)).toMatchObject([
    { state: 'missing', newest: true, findings: [], revision: { server: 812 } },
  ]);
});

test('what cannot be verified may be published, and says why that is not known', async () => {
  const ran = await status(await stratum(812), ['--json', 'nica/new:1']);
  const [{ findings }] = JSON.parse(ran.stdout);
  expect(findings).toMatchObject([
    {
      code: 'stale-client',
      message: `it may be published in ${JINR} already: ${BEHIND}`,
      evidence: expect.stringMatching(/; not verified: no public key of containers\.jinr\.ru is known here/),
      verified: false,
    },
  ]);
});

test('--no-mount asks the signed repository alone, whatever is mounted', async () => {
  const ran = await status(await ahead(), ['--json', '--no-mount', '--keys', keyFile(), 'nica/new:1']);
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject([
    { state: 'published', mounted: false, verified: true, revision: { client: null, server: 812 } },
  ]);
});
