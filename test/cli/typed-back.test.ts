import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ad, JobStage } from '../batch/job-stage.ts';
import { pressTab } from '../completion/bash.ts';
import { SCRIPTS } from '../completion/table.ts';
import { elfHeader, singularityRecord, smallImage } from '../hosts/image-files.ts';
import {
  makeCernRepository,
  makeFileRepository,
  makeOsgRepository,
  type Published,
  type PublishedImages,
} from '../hosts/tree.ts';

// Names of `list` that are easily taken for a neighbour's, typed back to every command that takes a name, in whole processes. The
// names themselves are proved by many random ones for `status` (test/names): here each command must read them as that does.

interface Tree {
  readonly repository: string;
  readonly make: (directory: string, images: PublishedImages) => Record<string, string>;
  readonly paths: readonly string[];
}

const TREES: Readonly<Record<string, Tree>> = {
  osg: {
    repository: 'containers.jinr.ru',
    make: makeOsgRepository,
    paths: [
      ...['tgr/img:1', 'first.last/tgr/img:1', 'first.last/img:1', 'localhost/img:1'],
      ...['Some/image:1', 'some/Image:1'],
    ],
  },
  cern: {
    repository: 'unpacked.cern.ch',
    make: makeCernRepository,
    paths: [
      ...['registry.hub.docker.com/a/b:1', 'registry-1.docker.io/a/b:1', 'docker.io/a/b:1'],
      ...['gitlab-p4n.aip.de:5005/a/b:1', 'GHCR.io/a/b:1', `ghcr.io/a/b:sha256:${'ab'.repeat(32)}`],
      `docker.io/a/b:sha256:${'cd'.repeat(32)}`,
    ],
  },
  'all/': {
    repository: 'singularity.galaxyproject.org',
    make: makeFileRepository,
    paths: ['all/kraken2:2.1.3--pl5321', 'all/samtools:1'],
  },
};

interface Line {
  readonly name: string;
  readonly path: string;
}

describe.each(Object.entries(TREES))('in the layout %s', (_layout, { repository, make, paths }) => {
  const options = ['--repository', repository];
  const stage = new JobStage(options);
  afterAll(() => stage.remove());
  const top = join(stage.cvmfs, repository, '/');
  let lines: readonly Line[] = [];
  const targets = new Map<string, string>();

  beforeAll(() => {
    // Each is another image, and says that it was made from what its own name names.
    const image = (path: string): Published =>
      path.startsWith('all/')
        ? { content: 'SIF_MAGIC'.padStart(41, '\0') }
        : {
            files: {
              ...smallImage(),
              'bin/sh': { program: elfHeader(62) },
              ...singularityRecord({ from: path }),
            },
          };
    const real = make(
      join(stage.cvmfs, repository),
      Object.fromEntries(paths.map(path => [path, image(path)])),
    );
    for (const path of paths) targets.set(top + path, real[path] ?? top + path);
    lines = jcds('list', '--json')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Line);
  });

  function jcds(command: string, ...words: string[]): string {
    const { status, stdout, stderr } = stage.run([stage.jcds, command, ...options, ...words]);
    expect({ words, status, stderr }).toEqual({ words, status: 0, stderr: '' });
    return stdout;
  }

  let asOne: readonly Line[] | undefined;

  /** The path that a command took a name for. */
  type Takes = (name: string) => string | undefined;
  const told: Takes = name => {
    const file = join(stage.folder, 'status.json');
    rmSync(file, { force: true });
    stage.run([stage.jcds, 'exec', '--status-file', file, '--runtime', 'apptainer', ...options, name, 'sh']);
    return (JSON.parse(readFileSync(file, 'utf8')) as Line).path;
  };
  const byTarget = (text: string | undefined) =>
    [...targets].find(([, target]) => text?.split(/[\s'",]+/).includes(target))?.[0];
  const COMMANDS: Readonly<Record<string, Takes>> = {
    resolve: name => (JSON.parse(jcds('resolve', '--json', name)) as Line).path,
    status: name => {
      asOne ??= JSON.parse(jcds('status', '--json', ...lines.map(line => line.name))) as Line[];
      return asOne[lines.findIndex(line => line.name === name)]!.path;
    },
    wait: name => (JSON.parse(jcds('wait', '--timeout', '1m', '--json', name)) as Line).path,
    exec: told,
    run: name => byTarget(jcds('run', '--dry-run', '--runtime', 'apptainer', name)),
    wrap: name => {
      const script = stage.wrap(['--runtime', 'apptainer', ...options, name, 'sh']);
      return byTarget(stage.run(stage.by('dash', script)).started?.args.join(' '));
    },
    'condor submit': name => {
      const words = ['condor', 'submit', '--dry-run', '--via', 'container', ...options, name, '--', 'true'];
      const { stdout } = stage.run([stage.jcds, ...words]);
      return /container_image = ([^' ]+)/.exec(stdout)?.[1];
    },
    'the job wrapper': name => {
      stage.prepare(ad(`JCDSImage = "${name}"`));
      return stage.start('dash', ['/bin/sh']).told?.path as string | undefined;
    },
    // Whole paths are no names, and Galaxy's images are offered by the name that they are known by.
    completion: name => {
      if (name.startsWith('/')) return name;
      const known = name.replace(/^all\//, 'quay.io/biocontainers/');
      const environment = {
        XDG_CACHE_HOME: stage.environment().XDG_CACHE_HOME!,
        JCDS_REPOSITORIES: repository,
      };
      const typed = `jcds run '${known.slice(0, -1)}`;
      const [reply] = pressTab(SCRIPTS['completions/jcds.bash']!, [typed], environment);
      const offered = reply!.replies.find(text => text === known);
      return offered === undefined ? undefined : COMMANDS.resolve!(offered);
    },
  };

  test('list names all', () => {
    expect(lines.map(({ path }) => path).sort()).toEqual(paths.map(path => top + path).sort());
  });

  test.each(Object.entries(COMMANDS))('%s takes each for its own path', (_command, takes) => {
    expect(lines.map(({ name }) => ({ name, path: takes(name) }))).toEqual(
      lines.map(({ name, path }) => ({ name, path })),
    );
  });
});
