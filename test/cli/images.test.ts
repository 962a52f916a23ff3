import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { elfHeader } from '../hosts/image-files.ts';
import { makeCernRepository, makeFileRepository } from '../hosts/tree.ts';
import { APPTAINER, builtFrom, failure, JINR, Setting } from './setting.ts';

// What IMAGE may be, and where it is looked for: `resolve` and `exec` give the same answers.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
const { cvmfs, work } = setting;
const CERN = 'unpacked.cern.ch';
const GALAXY = 'singularity.galaxyproject.org';
const index = `sha256:${'cd'.repeat(32)}`;
const config = 'ab'.repeat(32);
const real = {
  ...setting.publish({
    'library/small:1': builtFrom('small:1'),
    'nica/bmn:latest': builtFrom('git.jinr.ru:5005/nica/bmn:latest'),
    'nica/bmn:index': { ...builtFrom('git.jinr.ru:5005/nica/bmn:latest'), hash: index },
    'nica/plain:1': { files: { 'bin/ls': { program: elfHeader(62) }, etc: { directory: 0o755 } } },
  }),
  ...makeCernRepository(join(cvmfs, CERN), {
    'registry.hub.docker.com/library/only:1': { ...builtFrom('only:1'), hash: config },
    'registry.hub.docker.com/library/multi:1': { ...builtFrom('multi:1'), architecture: 'amd64' },
  }),
  ...makeCernRepository(join(cvmfs, CERN), {
    'registry.hub.docker.com/library/multi:1': {
      files: { 'bin/ls': { program: elfHeader(183) } },
      architecture: 'arm64:v8',
      hash: 'ef'.repeat(32),
    },
  }),
};
makeFileRepository(join(cvmfs, GALAXY), {
  'all/tool:1.0--0': {
    content: Buffer.concat([Buffer.alloc(32), Buffer.from('SIF_MAGIC\0'), Buffer.alloc(64)]),
  },
});
const jinr = join(cvmfs, JINR);
const bmn = `${jinr}/nica/bmn:latest`;

/** Which directory runs, and what is said about it. */
function ran(words: readonly string[], circumstances = {}): [image: string | undefined, stderr: string] {
  const { stdout, stderr } = setting.jcds(['exec', ...words, 'ls'], circumstances);
  return [stdout.split('\n').at(-3)?.slice(1, -1), stderr];
}

describe('an image by its name', () => {
  test.each([
    ['git.jinr.ru:5005/nica/bmn:latest', bmn, real['nica/bmn:latest']],
    ['git.jinr.ru:5005/nica/bmn', bmn, real['nica/bmn:latest']],
    ['docker://git.jinr.ru:5005/nica/bmn', bmn, real['nica/bmn:latest']],
    ['https://git.jinr.ru:5005/nica/bmn', bmn, real['nica/bmn:latest']],
    ['nica/bmn', bmn, real['nica/bmn:latest']],
    ['small:1', `${jinr}/library/small:1`, real['library/small:1']],
    ['index.docker.io/library/small:1', `${jinr}/library/small:1`, real['library/small:1']],
    ['nica/bmn:index', `${jinr}/nica/bmn:index`, real['nica/bmn:index']],
    [`nica/bmn@${index}`, `${jinr}/.images/sha256:cd/${index.slice(9)}`, real['nica/bmn:index']],
    [`nica/bmn:index@${index}`, `${jinr}/.images/sha256:cd/${index.slice(9)}`, real['nica/bmn:index']],
  ])('%s', (name, path, target) => {
    // Its links lead below /cvmfs, which this root is not: other programs get the real directory.
    expect(setting.jcds(['resolve', name])).toEqual({ code: 0, stdout: `${target}\n`, stderr: '' });
    expect(JSON.parse(setting.jcds(['resolve', '--json', name]).stdout)).toMatchObject({ path, target });
    expect(setting.jcds(['resolve', '--pinned', name]).stdout).toBe(`${target}\n`);
    expect(ran([name])).toEqual([target, '']);
  });
});

describe('an image by its path', () => {
  test.each([
    [bmn, real['nica/bmn:latest']],
    [`/cvmfs/${JINR}/nica/bmn:latest`, real['nica/bmn:latest']],
    [`/cvmfs/${JINR}//nica/./x/../bmn:latest/`, real['nica/bmn:latest']],
    [String(real['nica/bmn:index']), real['nica/bmn:index']],
    [`/cvmfs/${CERN}/.flat/ab/${config}`, real['registry.hub.docker.com/library/only:1']],
  ])('%s', (path, target) => {
    expect(setting.jcds(['resolve', '--pinned', path]).stdout).toBe(`${target}\n`);
    expect(ran([path])).toEqual([target, '']);
  });

  test('that is not below a CVMFS root is none', () => {
    const hint =
      'an image name looks like git.jinr.ru:5005/group/project:tag; where one is only looked for, an absolute path in a CVMFS repository will do too';
    const stderr = failure('invalid image reference "/srv/image": it is a path', hint);
    expect(setting.jcds(['resolve', '/srv/image'])).toEqual({ code: 2, stdout: '', stderr });
  });
});

describe('`.` is the configured image', () => {
  const deep = join(work, 'project/deep');
  mkdirSync(deep, { recursive: true });
  const file = join(work, 'project/.jcds.json');
  const write = (settings: unknown) => {
    writeFileSync(file, JSON.stringify(settings));
    setting.trust(deep);
  };

  test('of the nearest project', () => {
    write({ image: 'nica/bmn:index', binds: ['deep::ro', '/etc'] });
    const [image, stderr] = ran(['.'], { cwd: deep });
    expect([image, stderr]).toEqual([
      real['nica/bmn:index'],
      `jcds: ${file}: the bind "/etc" is not below the project\njcds: ${file} sets image = "nica/bmn:index", binds = ["${deep}::ro"]\n`,
    ]);
    const { stdout } = setting.jcds(['exec', '-n', '.', 'ls'], { cwd: deep });
    expect(stdout).toContain(` --bind ${deep}:${deep}:ro `);
  });

  test('of a variable, which beats it', () => {
    write({ image: 'nica/bmn:index' });
    expect(ran(['.'], { cwd: deep, env: { JCDS_IMAGE: 'small:1' } })).toEqual([
      real['library/small:1'],
      `jcds: ${file} sets image = "nica/bmn:index"\n`,
    ]);
  });

  test('and a file that cannot be used is an error that names line and key', () => {
    writeFileSync(file, '{\n  "image": 7\n}');
    const own = join(setting.home, '.config/jcds/config.json');
    mkdirSync(join(own, '..'), { recursive: true });
    writeFileSync(own, '{\n  "image": 7\n}');
    rmSync(file);
    const stderr = failure(`${own}, line 2: image must be a text`, 'jcds help configuration');
    expect(setting.jcds(['exec', '.', 'ls'], { cwd: deep })).toEqual({ code: 125, stdout: '', stderr });
    expect(setting.jcds(['resolve', '.'], { cwd: deep })).toEqual({ code: 2, stdout: '', stderr });
    rmSync(own);
    writeFileSync(file, '{\n  "image": 7\n}');
    expect(setting.jcds(['config', 'trust', '--yes'], { cwd: deep })).toEqual({
      code: 2,
      stdout: '',
      stderr: failure(`${file}, line 2: image must be a text`, 'jcds help configuration'),
    });
    rmSync(file);
  });

  test('or cannot be read', () => {
    const own = join(setting.home, '.config/jcds/config.json');
    mkdirSync(own, { recursive: true });
    const stderr = failure(`${own}: cannot be read (it is no regular file)`, 'jcds help configuration');
    expect(setting.jcds(['exec', 'small:1', 'ls'])).toEqual({ code: 125, stdout: '', stderr });
    rmSync(own, { recursive: true });
  });

  test('an unknown key is reported, and the rest counts', () => {
    write({ image: 'small:1', colour: 'red' });
    const note = `jcds: ${file}, line 1: unknown key "colour"\njcds: ${file} sets image = "small:1"\n`;
    expect(ran(['.'], { cwd: deep })).toEqual([real['library/small:1'], note]);
  });
});

describe('several repositories', () => {
  const both = ['--repository', JINR, '--repository', CERN];
  const only = real['registry.hub.docker.com/library/only:1'];

  test('the search goes on after missing, and the repository is named when it is not the first', () => {
    expect(ran([...both, 'only:1'])).toEqual([only, `jcds: library/only:1 comes from ${CERN}\n`]);
    expect(ran(['-q', ...both, 'only:1'])).toEqual([only, '']);
    expect(setting.jcds(['-q', 'exec', ...both, 'only:1', 'ls']).stderr).toBe('');
    expect(ran(['only:1'], { env: { JCDS_REPOSITORIES: `${JINR}, ${CERN}` } })[0]).toBe(only);
    expect(ran([...both, 'small:1'])).toEqual([real['library/small:1'], '']);
  });

  test('never after unreachable', () => {
    const ended = setting.jcds(['resolve', '--repository', 'gone.jinr.ru', ...both, 'only:1']);
    expect([ended.code, ended.stdout]).toEqual([75, '']);
    expect(ended.stderr).toContain('jcds: the CVMFS repository gone.jinr.ru cannot be seen: ');
  });

  test('missing in all', () => {
    const stderr = failure(
      `library/none:1 is not published in ${JINR}, ${CERN}`,
      `see what is there with: jcds list ${both.join(' ')} '*none*'; ask for it with: jcds request ${both.join(' ')} library/none:1`,
    );
    expect(setting.jcds(['resolve', ...both, 'none:1'])).toEqual({ code: 1, stdout: '', stderr });
  });
});

test('--platform chooses where several are published', () => {
  const multi = (...options: string[]) =>
    setting.jcds(['resolve', '--pinned', '--repository', CERN, ...options, 'multi:1']).stdout.trim();
  expect(multi('--platform', 'aarch64')).toBe(join(cvmfs, CERN, `.flat/ef/${'ef'.repeat(32)}`));
  expect(multi('--platform', 'linux/amd64')).toBe(
    real['.multiarch/amd64/registry.hub.docker.com/library/multi:1'],
  );
  expect(multi()).toBe(multi('--platform', 'linux/amd64'));
  const other = setting.jcds(['status', '--json', '--platform', 'arm64', 'small:1']);
  expect([other.code, JSON.parse(other.stdout)[0].findings[0].code]).toEqual([1, 'platform-mismatch']);
});

test('an image file runs where the runtime can, and its command is not looked for', () => {
  const file = join(cvmfs, GALAXY, 'all/tool:1.0--0');
  expect(ran(['--repository', GALAXY, 'quay.io/biocontainers/tool:1.0--0'])).toEqual([file, '']);
  const ended = setting.jcds(['exec', '--repository', GALAXY, '--runtime', 'unshare', 'tool:1.0--0', 'ls']);
  const stderr = failure(
    `unshare runs no image that is one file: ${file}`,
    'jcds run --runtime apptainer (or singularity)',
  );
  expect(ended).toEqual({ code: 125, stdout: '', stderr });
});

describe('a layout that drops the registry', () => {
  test('--any-registry takes another’s image, and -v says where that came from', () => {
    const [image, stderr] = ran(['--any-registry', '-v', 'other.org/nica/bmn']);
    expect(image).toBe(real['nica/bmn:latest']);
    expect(stderr).toBe(
      "jcds: the published nica/bmn was made from git.jinr.ru:5005, not from other.org: this repository's paths hold no registry\n" +
        'jcds: other.org/nica/bmn was made from git.jinr.ru:5005/nica/bmn:latest\n' +
        `jcds: running ${image} with apptainer 1.4.5\n`,
    );
    expect(ran(['other.org/nica/bmn'], { env: { JCDS_ANY_REGISTRY: 'true' } })[0]).toBe(image);
  });

  test('without a record nothing is refused, and -v says that nothing is known', () => {
    const offline = { env: { JCDS_NETWORK: 'false' } };
    const [image, stderr] = ran(['-v', 'quay.io/nica/plain:1'], offline);
    expect(image).toBe(real['nica/plain:1']);
    expect(stderr).toContain(
      "jcds: nothing says that nica/plain comes from quay.io: this repository's paths hold no registry\n",
    );
    // Lost metadata is another matter, of which is warned.
    const [, quiet] = ran(['quay.io/nica/plain:1'], offline);
    expect(quiet.split('\n')).toEqual([expect.stringContaining('it has no .singularity.d'), '']);
  });
});
