import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SHELLS } from '../wrap/stage.ts';
import { ad, JobStage } from './job-stage.ts';

// A publisher's tag leads to a link of the repository, and that to a file which anybody on the machine may have written.
const JINR = 'containers.jinr.ru';
const stage = new JobStage(['--repository', JINR]);
afterAll(() => stage.remove());
const repository = join(stage.cvmfs, JINR);
mkdirSync(join(repository, 'nica'), { recursive: true });
writeFileSync(join(repository, 'nica/inside.sif'), `hsqs${'\0'.repeat(96)}`);
writeFileSync(join(stage.folder, 'outside.sif'), `hsqs${'\0'.repeat(96)}`);
symlinkSync(join(stage.folder, 'outside.sif'), join(repository, 'nica/second'));
symlinkSync('inside.sif', join(repository, 'nica/third'));
symlinkSync(`/cvmfs/${JINR}/nica/second`, join(repository, 'nica/out:1'));
symlinkSync(`/cvmfs/${JINR}/nica/third`, join(repository, 'nica/in:1'));

describe.each(SHELLS)('%s', shell => {
  test.each([
    ['nica/out:1', 125, { code: 'LINK_ESCAPES' }],
    ['nica/in:1', 0, null],
  ])('%s', (name, code, error) => {
    stage.prepare(ad(`JCDSImage = "${name}"`));
    const ended = stage.start(shell, ['/bin/sh', '-c', 'true']);
    expect([ended.told?.exitCode ?? 0, ended.started !== null]).toEqual([code, code === 0]);
    if (error === null) expect(ended.told?.target).toBe(join(repository, 'nica/inside.sif'));
    else expect(ended.told?.error).toMatchObject(error);
  });
});
