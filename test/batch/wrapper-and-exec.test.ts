import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { singularityRecord } from '../hosts/image-files.ts';
import { makeCernRepository, makeOsgRepository } from '../hosts/tree.ts';
import { SHELLS } from '../wrap/stage.ts';
import { ad, JobStage } from './job-stage.ts';

// The job wrapper says what `jcds exec` says of the same name: code, error, message, hint, and which image it is.

const REPOSITORIES = ['--repository', 'containers.jinr.ru', '--repository', 'unpacked.cern.ch'];
const HEX = 'ab'.repeat(32);
const FLAT = 'cd'.repeat(32);
const FILES = { 'bin/sh': { program: '' }, 'tmp/x': '', 'proc/x': '', 'dev/x': '', 'sys/x': '' };
const image = (from: string, hash?: string) => ({
  files: { ...FILES, ...singularityRecord({ from }) },
  ...(hash === undefined ? {} : { hash }),
});

const stage = new JobStage(REPOSITORIES);
afterAll(() => stage.remove());
makeOsgRepository(join(stage.cvmfs, 'containers.jinr.ru'), {
  'bug/x:1': image('bug/x:1'),
  'a/of-gitlab:1': image('git.jinr.ru:5005/a/of-gitlab:1'),
  'a/of-hub:1': image('a/of-hub:1'),
  'first.last/tgr/img:1': image('docker://first.last/tgr/img:1'),
  'tgr/img:1': { files: FILES },
  'group.name/proj/only:1': { files: FILES },
  'library/dangling:1': { link: '/cvmfs/containers.jinr.ru/.images/no/such' },
  'first.last/dangling:1': { link: '/cvmfs/containers.jinr.ru/.images/no/such' },
});
makeCernRepository(join(stage.cvmfs, 'unpacked.cern.ch'), {
  'registry.hub.docker.com/library/at-cern:1': image('at-cern:1', FLAT),
  'registry-1.docker.io/library/old:1': image('old:1'),
  [`registry.hub.docker.com/library/by-digest:sha256:${HEX}`]: image('by-digest'),
  [`docker.io/library/old-digest:sha256:${HEX}`]: image('old-digest'),
});

const JINR = '/cvmfs/containers.jinr.ru';
const NAMES: readonly (readonly [name: string, code: string | null])[] = [
  ['bug/x:1', null],
  ['docker.io/bug/x:1', null],
  [`bug/x:1@sha256:${HEX}`, 'DIGEST_UNPROVEN'],
  [`docker.io/bug/x:1@sha256:${HEX}`, 'DIGEST_UNPROVEN'],
  [`bug/x@sha256:${HEX}`, 'NOT_PUBLISHED'],
  [`bug/y:1@sha256:${HEX}`, 'NOT_PUBLISHED'],
  [`at-cern:1@sha256:${HEX}`, 'DIGEST_UNPROVEN'],
  [`at-cern:1@sha256:${FLAT}`, null],
  [`at-cern@sha256:${FLAT}`, null],
  [`docker.io/library/by-digest@sha256:${HEX}`, null],
  [`registry-1.docker.io/library/by-digest@sha256:${HEX}`, null],
  [`docker.io/library/old-digest@sha256:${HEX}`, null],
  [`docker.io/old-digest@sha256:${HEX}`, null],
  [`index.docker.io/library/old-digest@sha256:${HEX}`, 'NOT_PUBLISHED'],
  ['quay.io/a/of-gitlab:1', 'REGISTRY_MISMATCH'],
  ['quay.io/a/of-hub:1', 'REGISTRY_MISMATCH'],
  ['docker.io/a/of-gitlab:1', 'REGISTRY_MISMATCH'],
  ['index.docker.io/a/of-hub:1', null],
  ['first.last/tgr/img:1', null],
  ['group.name/proj/only:1', null],
  ['other.name/proj/only:1', 'NOT_PUBLISHED'],
  ['first.last/dangling:1', 'BROKEN_PUBLICATION'],
  ['registry-1.docker.io/old:1', null],
  ['docker.io/old:1', 'NOT_PUBLISHED'],
  ['registry-1.docker.io/at-cern:1', null],
  ['dangling:1', 'BROKEN_PUBLICATION'],
  ['no/thing:1', 'NOT_PUBLISHED'],
  ['quay.io/no/thing:1', 'NOT_PUBLISHED'],
  [`${JINR}/bug/x:1`, null],
  [`/cvmfs//containers.jinr.ru/./bug/x:1`, null],
  [`${JINR}/a/../bug//x:1/`, null],
  [`${JINR}/./bug/y:1`, 'NOT_PUBLISHED'],
  ['/cvmfs/unpacked.cern.ch/registry.hub.docker.com/library/at-cern:1', null],
];

/** What `jcds exec` decides, by its status file. */
function byExec(name: string) {
  stage.prepare(ad());
  const file = join(stage.scratch, stage.status);
  const words = ['exec', '--status-file', file, '--runtime', 'apptainer', ...REPOSITORIES, name, '/bin/sh'];
  const { stderr } = stage.run([stage.jcds, ...words]);
  const told = JSON.parse(stage.read(stage.status)!) as Record<string, unknown>;
  rmSync(file);
  return { told, stderr };
}

describe.each(SHELLS)('%s', shell => {
  test.each(NAMES)('%s: %s', (name, code) => {
    const { told } = byExec(name);
    expect((told.error as { code: string } | null)?.code ?? null).toBe(code);
    stage.prepare(ad(`JCDSImage = "${name}"`));
    const started = stage.start(shell, ['/bin/sh']).told!;
    // Of a job that failed, exec's status file has the image as it was typed, the wrapper's as it was read.
    const common = [
      'outcome',
      'exitCode',
      'error',
      ...(code === null ? ['image', 'repository', 'path', 'target'] : []),
    ];
    for (const key of common)
      expect([key, withoutOptions(started[key])]).toEqual([key, withoutOptions(told[key])]);
  });
});

/**
 * The wrapper does not know of `--repository`: its owner typed that, and not the owner of the job. Why an image cannot be used it
 * says in the host's own words.
 */
function withoutOptions(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/ --repository [a-z.]+/g, '')
    .replace(/(?<= is published, but )[^"]*"/, '"')
    .replace(/(?<="code":"BROKEN_PUBLICATION".*)"hint":"[^"]*"/, '"hint":""');
  return JSON.parse(text);
}
