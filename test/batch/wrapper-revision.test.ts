import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { makeOsgRepository } from '../hosts/tree.ts';
import { setAttributes } from '../status/setting.ts';
import { SHELLS } from '../wrap/stage.ts';
import { ad, JobStage } from './job-stage.ts';

// A machine whose client is behind the one where the job was submitted: 75, for another machine or a later time. No server is asked.

const JINR = 'containers.jinr.ru';
const stage = new JobStage(['--repository', JINR]);
afterAll(() => stage.remove());
const repository = join(stage.cvmfs, JINR);
beforeEach(() => {
  rmSync(stage.cvmfs, { recursive: true, force: true });
  makeOsgRepository(repository, { 'library/small:1': { files: { 'bin/sh': { program: '' } } } });
});

const NEW = `JCDSImage = "/cvmfs/${JINR}/nica/new:1"`;
const BEHIND = 'which this machine shows (the job was submitted at 3; a newer one may have it)';

describe.each(SHELLS)('%s', shell => {
  test.each<[string, Record<string, string>, string[], number, string]>([
    [
      'a lower revision',
      { revision: '2', expires: '3' },
      ['JCDSRevision = 3'],
      75,
      `not in revision 2, ${BEHIND}`,
    ],
    ['names without case', { revision: '2' }, ['jcdsrevision = 3'], 75, `not in revision 2, ${BEHIND}`],
    ['an unknown revision', {}, ['JCDSRevision = 3'], 75, `not in revision (unknown), ${BEHIND}`],
    ['the same revision', { revision: '3', expires: '3' }, ['JCDSRevision = 3'], 125, 'is not published in'],
    ['a higher one', { revision: '4', expires: '3' }, ['JCDSRevision = 3'], 125, 'is not published in'],
    ['no word of the submitter', { revision: '2', expires: '3' }, [], 125, 'is not published in'],
    [
      'what is no number',
      { revision: '2', expires: '3' },
      ['JCDSRevision = "3"'],
      125,
      'is not published in',
    ],
    [
      'a client that is overdue',
      { revision: '2', expires: '-5' },
      [],
      75,
      'not in revision 2, which this machine shows (a newer one may have it)',
    ],
  ])('%s', (_what, attributes, lines, code, text) => {
    setAttributes(repository, attributes);
    stage.prepare(ad(NEW, ...lines));
    const ended = stage.start(shell, [join(stage.scratch, 'condor_exec.exe')]);
    expect([ended.status, ended.started]).toEqual([code, null]);
    expect(ended.stderr).toContain(text);
    const error = code === 75 ? 'NOT_IN_REVISION' : 'NOT_PUBLISHED';
    expect(ended.told).toMatchObject({ exitCode: code, error: { code: error } });
  });
});
