import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ad, JobStage } from '../batch/job-stage.ts';
import { type FaultyMount, mountFaulty } from '../hosts/faulty-mount.ts';
import { elfHeader, singularityRecord, smallImage } from '../hosts/image-files.ts';
import {
  makeCernRepository,
  makeFileRepository,
  makeOsgRepository,
  type PublishedImages,
} from '../hosts/tree.ts';
import { processesOf } from '../processes.ts';
import { type Ran, SHELLS } from './stage.ts';

// Every way into an image, by a repository of each layout whose client can list the image and not deliver what is read of it. The tag
// has moved since the scripts were written, so that they read the image; jcds remembers nothing of it. Whoever starts a job without
// what the image says of itself starts another job: 75. A real FUSE mount; whatever waits for it
// is killed after the stage's 20 s.

interface Layout {
  readonly repository: string;
  readonly name: string;
  readonly path: string;
  readonly make: (directory: string, images: PublishedImages) => Record<string, string>;
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  osg: {
    repository: 'containers.jinr.ru',
    name: 'library/tool:1',
    path: 'library/tool:1',
    make: makeOsgRepository,
  },
  cern: {
    repository: 'unpacked.cern.ch',
    name: 'library/tool:1',
    path: 'registry.hub.docker.com/library/tool:1',
    make: makeCernRepository,
  },
  'all/': {
    repository: 'singularity.galaxyproject.org',
    name: 'tool:1',
    path: 'all/tool:1',
    make: makeFileRepository,
  },
};

/** Seconds for CVMFS: where it answers, and where it hangs. */
const [LONG, SHORT] = ['15', '0.5'];
const HUNG = /gave no answer within 0\.\d s/;
const ENV_FILE = '.singularity.d/env/10-docker2singularity.sh';
const RUNTIMES = ['apptainer', 'bubblewrap'] as const;
/**
 * Who looks at the image under one limit, up to the start of the runtime. The launcher of `exec by bubblewrap` looks last at what
 * bubblewrap itself opens next, and waits as that would.
 */
const BOUNDED = /^(?!exec by bubblewrap)/;

type Start = [what: string, start: (timeout: string) => Ran];

describe.each(Object.entries(LAYOUTS))('in the layout %s', (layout, { repository, name, path, make }) => {
  const options = ['--repository', repository];
  const stage = new JobStage([...options, '--cvmfs-timeout', LONG]);
  const hasty = stage.write([...options, '--cvmfs-timeout', SHORT], 'hasty');
  const directory = join(stage.cvmfs, repository);
  const contents = join(stage.folder, 'contents', repository);
  let mount: FaultyMount;
  /** Where the image's files stand, below the repository. */
  let place = '';
  const scripts: Record<string, string> = {};
  // What differs by the shell does not differ by the layout too.
  const shells = layout === 'osg' ? SHELLS : SHELLS.slice(0, 1);

  function publish(greeting: string): void {
    rmSync(contents, { recursive: true, force: true });
    const record = singularityRecord({ from: 'tool:1', env: { PATH: '/usr/bin:/bin', GREETING: greeting } });
    const files = { ...smallImage(), 'bin/sh': { program: elfHeader(62) }, ...record };
    const hash = createHash('sha256').update(greeting).digest('hex');
    place = make(contents, { [path]: { files, hash } })[path]!.slice(contents.length + 1);
  }

  beforeAll(async () => {
    publish('then');
    mount = await mountFaulty(directory, contents);
    for (const runtime of RUNTIMES)
      scripts[runtime] = stage.wrap([...options, '--runtime', runtime, name, 'sh'], undefined, runtime);
    // The mount shows what is in the directory that it was given.
    publish('now');
  });
  afterEach(() => mount.well());
  afterAll(async () => {
    await mount.close();
    stage.remove();
  });

  const caller = (timeout: string) => stage.environment({ JCDS_CVMFS_TIMEOUT: timeout });
  const starts: readonly Start[] = [
    ...RUNTIMES.map((runtime): Start => {
      const words = [stage.jcds, 'exec', ...options, '--runtime', runtime, name, 'sh'];
      return [`exec by ${runtime}`, timeout => stage.run(words, caller(timeout))];
    }),
    ...shells.flatMap(([shell]) => [
      ...RUNTIMES.map((runtime): Start => {
        const words = () => stage.by(shell, scripts[runtime]!);
        return [`a script for ${runtime}, ${shell}`, timeout => stage.run(words(), caller(timeout))];
      }),
      [`the job wrapper, ${shell}`, timeout => inPool(shell, timeout)] satisfies Start,
    ]),
  ];
  /** Jobs do not decide how long a wrapper waits. */
  const inPool = (shell: string, timeout: string) => {
    stage.prepare(ad(`JCDSImage = "${name}"`));
    return stage.start(shell, ['/bin/sh'], { wrapper: timeout === LONG ? stage.wrapper : hasty });
  };

  /** Who was left behind is killed before the mount is well: else it would go on, and its requests would count to the next start's. */
  const nobodyIsLeft = async () => {
    const others = () => processesOf(stage.folder).filter(pid => pid !== mount.server);
    while (others().length > 0) await pause(10);
  };

  // Nothing is remembered of the image, so that it is read.
  beforeEach(() => rmSync(join(stage.folder, 'cache'), { recursive: true, force: true }));

  test.each(starts)('%s: all is well, and it runs', (_what, start) => {
    const { status, stdout, stderr, started } = start(LONG);
    expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: 'ran\n', stderr: '' });
    expect(started).not.toBe(null);
  });

  test.each(starts)('%s: the file of its variables cannot be read: 75', async (_what, start) => {
    await mount.fail(join(place, ENV_FILE));
    cannotBeSeen(start(LONG), /nput\/output error|\(EIO\)/);
  });

  test.each(starts)('%s: the file of its variables hangs: 75', async (_what, start) => {
    await mount.hang(join(place, ENV_FILE));
    cannotBeSeen(start(SHORT), HUNG);
    await nobodyIsLeft();
  });

  test.each(starts)('%s: its directory cannot be listed: 75', async (_what, start) => {
    await mount.fail(place);
    cannotBeSeen(start(LONG), /nput\/output error|\(EIO\)/);
  });

  test.each(starts)('%s: a client that stops to answer somewhere: 75', async (what, start) => {
    await mount.well();
    expect(start(LONG).status).toBe(7);
    const requests = await mount.count();
    const later = [requests / 2, requests - 2, requests - 1].map(Math.floor);
    for (const answered of [5, ...(BOUNDED.test(what) ? later : [])]) {
      rmSync(join(stage.folder, 'cache'), { recursive: true, force: true });
      await mount.last(answered);
      cannotBeSeen(start(SHORT), HUNG);
      await nobodyIsLeft();
      await mount.well();
    }
  });
});

function cannotBeSeen({ status, stdout, stderr, started }: Ran, reason: RegExp): void {
  expect({ status, stdout, stderr, started }).toEqual({
    status: 75,
    stdout: '',
    stderr: expect.stringMatching(reason),
    started: null,
  });
  expect(stderr).not.toContain('not published');
}
