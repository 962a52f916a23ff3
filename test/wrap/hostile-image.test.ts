import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type ImageFiles, singularityRecord, smallImage } from '../hosts/image-files.ts';
import { SHELLS, Stage } from './stage.ts';
import { shown } from './views.ts';

// What a publisher can put into an image never chooses a program of the host, nor what of the host is shown, and nothing of the
// host's becomes a part of the job.

const stage = new Stage();
afterAll(() => stage.remove());
const NAME = 'library/hostile:1';
const tag = join(stage.cvmfs, 'containers.jinr.ru', NAME);
const evil = join(stage.folder, 'evil');
const proof = join(stage.folder, 'ON-THE-HOST');
writeFileSync(evil, `#!/bin/sh\n: >'${proof}'\n`, { mode: 0o755 });

let count = 0;
function publish(env: Readonly<Record<string, string>>, extra: ImageFiles = {}): string {
  rmSync(tag, { force: true });
  count += 1;
  const files = { ...smallImage(extra), ...singularityRecord({ from: 'hostile:1', env }), ...extra };
  return stage.publish({ [NAME]: { files, hash: String(count).padStart(64, 'a') } })[NAME]!;
}

const ENV = {
  ...{ PATH: '/usr/bin:/bin', jcds_program: evil, jcds_options: '; touch /x', FOO: 'x' },
  ...{ HOME: '/opt', PWD: '/opt', X509_USER_PROXY: '/etc/hostname', KRB5CCNAME: 'FILE:/etc/hostname' },
  ...{ BEARER_TOKEN_FILE: '/etc/hostname', XAUTHORITY: '/etc/hostname', XDG_CONFIG_HOME: '/x', LC_ALL: 'C' },
  ...{ JCDS_TOKEN_FILE: '/x', GIVEN: 'image', ADDRESSED: 'image', APPTAINER_BIND: '/etc' },
};
publish(ENV);
const options = ['--runtime', 'bubblewrap', '--env', 'GIVEN=typed', NAME, '/bin/sh'];
const recorded = stage.wrap(options, undefined, 'recorded');
publish({ PATH: '/bin' });
const scripts = {
  bubblewrap: stage.wrap(options, undefined, 'bubblewrap'),
  apptainer: stage.wrap(['--runtime', 'apptainer', NAME, '/bin/sh'], undefined, 'apptainer'),
};
beforeEach(() => rmSync(proof, { force: true }));

test.each([
  ['recorded', recorded],
  ['read', scripts.bubblewrap],
])('its ENV is the job’s alone: %s', (_, script) => {
  publish(ENV);
  const caller = stage.environment({ APPTAINERENV_ADDRESSED: 'addressed' });
  const byHand = stage.run([stage.jcds, 'exec', ...options], caller);
  for (const [shell] of SHELLS) {
    const ran = stage.run(stage.by(shell, script), caller);
    expect(existsSync(proof)).toBe(false);
    expect(shown(ran, stage.home), shell).toEqual(shown(byHand, stage.home));
  }
});

/** What stands in the place of a file of the image. */
type Plant = (file: string) => void;
const PLANTS: Record<string, Plant> = {
  'a link to a file of the host': file => symlinkSync('/etc/hostname', file),
  'a link to a device': file => symlinkSync('/dev/zero', file),
  'a FIFO': file => spawnSync('mkfifo', [file]),
  'a file of 3 GB': file => {
    writeFileSync(file, '');
    truncateSync(file, 3_000_000_000);
  },
};

describe.each([
  ['ENV', '.singularity.d/env/10-docker2singularity.sh', ['apptainer', 'bubblewrap']],
  ['a script of its own', '.singularity.d/env/91-environment.sh', ['bubblewrap']],
] as const)('the file of %s', (_, name, runtimes) => {
  test.each(Object.entries(PLANTS))('is %s: the image is broken', (_, plant) => {
    const file = join(publish({ PATH: '/bin' }), name);
    rmSync(file, { force: true });
    plant(file);
    for (const runtime of runtimes)
      for (const [shell] of SHELLS)
        expect(stage.run(stage.by(shell, scripts[runtime])), `${runtime} ${shell}`).toEqual({
          ...{ status: 125, stdout: '', started: null },
          stderr: expect.stringMatching(
            /^jcds: .* cannot be used: .* is no file of the image, or too long\n/,
          ),
        });
  });
});

test.each(Object.entries(PLANTS).filter(([what]) => !what.includes('link')))(
  'the accounts of the image that is known are %s',
  (_, plant) => {
    const target = publish({ PATH: '/bin' }, { 'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n' });
    const script = stage.wrap(['--runtime', 'bubblewrap', NAME, '/bin/sh'], undefined, 'known');
    rmSync(join(target, 'etc/passwd'));
    plant(join(target, 'etc/passwd'));
    for (const [shell] of SHELLS)
      expect(stage.run(stage.by(shell, script)), shell).toEqual({
        ...{ status: 125, stdout: '', started: null },
        stderr: expect.stringContaining('it is no regular file, or longer than 1 MiB'),
      });
  },
);

test('a link whose name has a line end is refused: it would be several, each with the target of another', () => {
  const target = publish({ PATH: '/bin' });
  symlinkSync('x', join(target, 'etc\nfoo\nbar'));
  symlinkSync('/oldroot/home', join(target, 'g'));
  for (const [shell] of SHELLS)
    expect(stage.run(stage.by(shell, scripts.bubblewrap)), shell).toEqual({
      ...{ status: 125, stdout: '', started: null },
      stderr: expect.stringContaining('of a link, which has a line end in it'),
    });
});

test('no name of a file becomes a part of the answer', () => {
  const target = publish({ PATH: '/bin' });
  const folder = join(target, '.singularity.d/env', '#a\njcds_result=directory:..\n');
  mkdirSync(folder);
  writeFileSync(join(target, '.singularity.d/env', '#a\njcds_result=directory:..\n.sh'), 'x=1\n');
  for (const [shell] of SHELLS)
    expect(stage.run(stage.by(shell, scripts.bubblewrap)), shell).toEqual({
      ...{ status: 125, stdout: '', started: null },
      stderr: expect.stringMatching(
        /^jcds: the ENV of library\/hostile:1 has a value that a script cannot read: \?/,
      ),
    });
});
