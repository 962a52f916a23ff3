import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { DEFAULTS } from '../../src/configuration/settings.ts';
import { lookLines } from '../../src/wrap/look-lines.ts';

// Where a script looks: what an option said when it was written, else what whoever runs it has, else the configuration.

const BASE = { CVMFS_BASE: '/base', CVMFS_MOUNT_DIR: '/mount' };

test.each<[string | null, string | undefined, Record<string, string>, string]>([
  [null, undefined, {}, '/cvmfs'],
  [null, undefined, { CVMFS_BASE: '/base' }, '/base'],
  [null, undefined, BASE, '/mount'],
  [null, undefined, { ...BASE, JCDS_CVMFS_ROOT: '/own//' }, '/own'],
  [null, undefined, { JCDS_CVMFS_ROOT: 'own' }, '/usr/own'],
  [null, undefined, { CVMFS_BASE: 'relative' }, '/usr/relative'],
  ['/configured', 'user', BASE, '/configured'],
  ['configured', 'user', BASE, '/written/configured'],
  ['/configured', 'user', { JCDS_CVMFS_ROOT: '/own' }, '/own'],
  ['/configured', 'option', { JCDS_CVMFS_ROOT: '/own' }, '/configured'],
  ['/configured', 'site (enforced)', { JCDS_CVMFS_ROOT: '/own' }, '/configured'],
])('root %j by %j, run with %j: %s', (cvmfsRoot, source, environment, expected) => {
  const sources = source === undefined ? {} : { cvmfsRoot: source };
  const lines = lookLines({ settings: { ...DEFAULTS, cvmfsRoot }, sources } as never, { cwd: '/written' });
  const { stdout } = spawnSync('/bin/sh', ['-c', [...lines, 'echo "$jcds_root $jcds_timeout"'].join('\n')], {
    encoding: 'utf8',
    env: { PWD: '/usr', ...environment },
    cwd: '/usr',
  });
  expect(stdout.replace(/\n$/, '')).toBe(`${expected} ${DEFAULTS.cvmfsTimeout}`);
});
