import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { builtFrom } from '../cli/setting.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// Modes in an image are its publisher's: they never make a script say that CVMFS cannot be seen (75), which sends jobs on.
const host = new HostSetting();
const person = host.people.find(({ uid }) => uid !== 0)!;
const cvmfs = join(host.setting.folder, 'cvmfs');
afterAll(() => host.remove());
const images = makeOsgRepository(join(cvmfs, 'containers.jinr.ru'), {
  'library/closed:1': builtFrom('closed:1', { 'etc/passwd': 'root:x:0:0::/:/bin/sh\n' }),
});
const image = images['library/closed:1']!;

describe.each(['apptainer', 'bubblewrap'])('%s', runtime => {
  test.each([
    ['etc', 0o700],
    ['.singularity.d/env', 0o700],
    ['.singularity.d/env/10-docker2singularity.sh', 0o600],
    ['etc/passwd', 0o600],
  ])('%s is closed', (name, mode) => {
    const script = join(host.home(person), `script-${runtime}`);
    rmSync(script, { force: true });
    const words = ['wrap', '--runtime', runtime, '-o', script, 'library/closed:1', 'true'];
    expect(host.jcds(person, words, { cvmfs })).toMatchObject({ code: 0 });
    chmodSync(join(image, name), mode);
    try {
      const { code, stderr } = host.run(person, [script], { cvmfs });
      expect([0, 125]).toContain(code);
      if (code === 125) expect(stderr).toContain('ermission denied');
    } finally {
      chmodSync(join(image, name), 0o755);
    }
  });
});
