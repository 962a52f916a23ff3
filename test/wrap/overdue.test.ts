import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { smallImage } from '../hosts/image-files.ts';
import { setAttributes } from '../status/setting.ts';
import { SHELLS, Stage } from './stage.ts';

// Row 4 of the mount's cases: where its client should have looked for a newer revision by now, a missing image may only be
// missing here. A script asks no server.

const stage = new Stage();
afterAll(() => stage.remove());
const NAME = 'library/small:1';
stage.publish({ [NAME]: { files: smallImage() } });
const repository = join(stage.cvmfs, 'containers.jinr.ru');
const scripts = ['apptainer', 'bubblewrap'].map(
  runtime => [runtime, stage.wrap(['--runtime', runtime, NAME, 'sh'])] as const,
);
rmSync(join(repository, NAME));

describe.each(SHELLS)('%s', shell => {
  test.each(scripts)('a script for %s', (_, script) => {
    setAttributes(repository, { revision: '2', expires: '-5' });
    const later = stage.run(stage.by(shell, script));
    expect(later).toEqual({
      status: 75,
      stdout: '',
      stderr:
        'jcds: containers.jinr.ru: library/small:1 is not in revision 2, which this host shows (a newer one may have it)\n' +
        'hint: try again later, or: jcds wait library/small:1\n',
      started: null,
    });
    setAttributes(repository, { revision: '2', expires: '3' });
    const never = stage.run(stage.by(shell, script));
    expect([never.status, never.started]).toEqual([125, null]);
    expect(never.stderr).toContain('library/small:1 is not published in');
  });
});
