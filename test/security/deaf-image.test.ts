import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { APPTAINER, Setting } from '../cli/setting.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';

// Apptainer drops what is addressed to a container whose image lost env/99-base.sh, so that jcds gave it such variables in its own
// environment: an image's LD_PRELOAD was then code in a program on the host.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
const { '.singularity.d/env/99-base.sh': _lost, ...record } = singularityRecord({ from: 'nica/deaf:1' });

test.each([
  ['the loader', `export LD_PRELOAD="/cvmfs/evil.so '"`],
  ['a variable of the script', `export jcds_lost="A=b '\n/cvmfs/evil"`],
  ['a proxy', `export http_proxy="http://evil.example.org/'"`],
])('an image steers nothing on the host by its ENV: %s', (what, env) => {
  const name = `nica/deaf:${what.length}`;
  const files = { ...smallImage(), ...record, '.singularity.d/env/10-docker2singularity.sh': `${env}\n` };
  setting.publish({ [name]: { files } });
  const refused = expect.objectContaining({
    code: 125,
    stdout: '',
    stderr: expect.stringContaining('cannot set'),
  });
  expect(setting.jcds(['exec', '--runtime', 'apptainer', name, 'true'])).toEqual(refused);
  const script = join(setting.folder, `script${what.length}`);
  const written = setting.jcds(['wrap', '--runtime', 'apptainer', '-o', script, name, 'true']);
  expect([written.code, written.stderr]).toEqual([0, '']);
  expect(setting.run([script])).toEqual(refused);
});
