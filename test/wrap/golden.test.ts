import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeCernRepository } from '../hosts/tree.ts';
import { ordinaryImage } from './ordinary-image.ts';
import { Stage } from './stage.ts';

// Whole scripts as they are written, to be read: what a change does to them is seen in its diff (`vitest -u`).

const stage = new Stage();
afterAll(() => stage.remove());
const image = { files: ordinaryImage({ LANG: 'C.UTF-8', GREETING: "it's" }), hash: 'a1b2c3d4'.repeat(8) };
stage.publish({ 'library/debian:12': image });
makeCernRepository(join(stage.cvmfs, 'unpacked.cern.ch'), {
  'registry.hub.docker.com/library/debian:12': image,
});

test.each([
  ['apptainer', 'osg', 'containers.jinr.ru'],
  ['apptainer', 'cern', 'unpacked.cern.ch'],
  ['bubblewrap', 'osg', 'containers.jinr.ru'],
  ['bubblewrap', 'cern', 'unpacked.cern.ch'],
])('a script for %s, of an image in the layout of %s', async (runtime, layout, repository) => {
  const file = stage.wrap(['--runtime', runtime, '--repository', repository, 'library/debian:12']);
  const text = readFileSync(file, 'latin1')
    .replaceAll(stage.folder, '/STAGE')
    .replace(/jcds [\d.]+ \(jcds wrap\)/, 'jcds VERSION (jcds wrap)');
  await expect(text).toMatchFileSnapshot(`golden/${runtime}-${layout}.sh`);
});
