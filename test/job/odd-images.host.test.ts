import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RUNTIMES, type RuntimeName } from '../../src/runtimes/index.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { ShownStage } from './shown-stage.ts';

// Images in which places of the host meet, lead elsewhere or are missing, on every real runtime of an ordinary user.
const stage = new ShownStage();
const runtimes = await stage.prepare();
const markers = ['/tmp', '/var/tmp'].map(place => mkdtempSync(`${place}/jcds-odd-`));
afterAll(async () => {
  for (const marker of markers) rmSync(marker, { recursive: true });
  await stage.remove();
});
const { home } = stage;
writeFileSync(join(home, 'own'), 'own\n');
stage.own(home);
const [tmp = '', varTmp = ''] = markers;

/** In the place of something of the image, a link (or nothing). */
const instead =
  (...changes: (readonly [path: string, target: string | null])[]) =>
  (image: string) => {
    for (const [path, target] of changes) {
      rmSync(join(image, path), { recursive: true, force: true });
      if (target !== null) symlinkSync(target, join(image, path));
    }
  };

/** What an image is, and which of the host's temporary directories are found at /tmp and /var/tmp. */
const IMAGES: Record<string, readonly [change: (image: string) => void, atTmp: string, atVarTmp: string]> = {
  'var-tmp': [instead(['var/tmp', '../tmp']), tmp, tmp],
  'var-tmp-absolute': [instead(['var/tmp', '/tmp']), tmp, tmp],
  'tmp-var': [instead(['tmp', 'var/tmp']), tmp, tmp],
  'tmp-dangling': [instead(['tmp', '/scratch/tmp']), tmp, varTmp],
  'tmp-missing': [instead(['tmp', null]), tmp, varTmp],
  'var-in-tmp': [instead(['var', 'tmp/jcds-odd-var']), tmp, ''],
  'home-link': [
    image => {
      instead(['home', 'usr/homes'])(image);
      mkdirSync(join(image, 'usr/homes'), { recursive: true });
    },
    tmp,
    varTmp,
  ],
  'home-dangling': [instead(['home', '/export/homes'], ['srv', '/export/srv']), tmp, varTmp],
  'run-link': [instead(['var/run', '/run'], ['run', null]), tmp, varTmp],
  'run-var': [instead(['var/run', null], ['run', 'var/run']), tmp, varTmp],
  'etc-link': [
    image => {
      mkdirSync(join(image, 'usr/etc'), { recursive: true });
      instead(['etc', 'usr/etc'])(image);
    },
    tmp,
    varTmp,
  ],
  'resolv-link': [
    instead(['etc/resolv.conf', '/run/systemd/resolve/stub-resolv.conf'], ['etc/hosts', '../run/hosts']),
    tmp,
    varTmp,
  ],
  'cvmfs-link': [instead(['cvmfs', 'opt/cvmfs']), tmp, varTmp],
  'raw-names': [
    image => {
      // Latin 1 in the image's root and in a directory that has to be opened.
      for (const place of ['', 'srv/']) {
        mkdirSync(Buffer.from(`${image}/${place}caf\xe9`, 'latin1'), { recursive: true });
        symlinkSync(Buffer.from('caf\xe9', 'latin1'), Buffer.from(`${image}/${place}li\xe9n`, 'latin1'));
      }
    },
    tmp,
    varTmp,
  ],
  'no-dev': [instead(['dev', null]), tmp, varTmp],
  'no-proc': [instead(['proc', null], ['sys', null]), tmp, varTmp],
};
for (const [name, [change]] of Object.entries(IMAGES)) stage.variant(name, change);

const SCRIPT = `ls -d /tmp/jcds-odd-?????? /var/tmp/jcds-odd-?????? 2>/dev/null
cat "$HOME/own"; echo x >/dev/null && echo null; [ -e /proc/self/status ] && echo proc; [ -d /sys/class ] && echo sys
[ "$(cat /etc/resolv.conf)" = "$1" ] && echo names; ls -d /cvmfs/containers.jinr.ru`;

/** What the job says where everything is as it should be. */
function expected(image: string): string {
  const [, atTmp, atVarTmp] = IMAGES[image]!;
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const found = [
    ...(atTmp === '' ? [] : [`/tmp/${nameOf(atTmp)}`]),
    ...(atVarTmp === '' ? [] : [`/var/tmp/${nameOf(atVarTmp)}`]),
  ];
  return [...found, 'own', 'null', 'proc', 'sys', 'names', '/cvmfs/containers.jinr.ru', ''].join('\n');
}

describe.each(runtimes)('%s', runtime => {
  test.each(Object.keys(IMAGES))('%s', image => {
    if (image === 'raw-names') {
      const refusal =
        (RUNTIMES[runtime] as Runtime).root === undefined ? undefined : RUNTIMES[runtime].cannot.bytes;
      const listed = stage.sh(runtime, 'ls -d /caf* /li* /srv/caf* /srv/li*/.', { image });
      if (refusal === undefined)
        expect(listed).toEqual({
          code: 0,
          stdout: '/caf?\n/li?n\n/srv/caf?\n/srv/li?n/.\n',
          stderr: '',
        });
      else expect([listed.code, listed.stderr.split('\n')[0]]).toEqual([125, `jcds: ${refusal}`]);
      return;
    }
    const whole = expected(image);
    // Apptainer shows no name resolution where /etc is a link: so by hand, too.
    const isBare = runtime === 'apptainer' && image === 'etc-link';
    const stdout = isBare ? whole.replace('names\n', '') : whole;
    expect(seenIn(image, runtime)).toEqual({ code: 0, stdout, stderr: isBare ? expect.any(String) : '' });
    // Nothing was made for it in the host's directories.
    expect(readdirSync('/tmp').filter(name => name.startsWith('jcds-odd-var'))).toEqual([]);
  });
});

function seenIn(image: string, runtime: RuntimeName) {
  const names = stage.host.run(stage.user, ['cat', '/etc/resolv.conf']).stdout.trimEnd();
  return stage.exec(runtime, ['sh', '-c', SCRIPT, 'sh', names], { image });
}
