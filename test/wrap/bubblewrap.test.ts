import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { elfHeader, type ImageFiles, singularityRecord, smallImage } from '../hosts/image-files.ts';
import { type Ran, SHELLS, Stage } from './stage.ts';
import { shown, unsaid } from './views.ts';

// bubblewrap is told everything by the script: the root that it lists itself, and the ENV of an image that nobody read before.

const stage = new Stage();
afterAll(() => stage.remove());
const NAME = 'library/any:1';
const tag = join(stage.cvmfs, 'containers.jinr.ru', NAME);

/** Publishes an image under the name, where another one was. */
function publish(files: ImageFiles): string {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  rmSync(tag, { force: true });
  return stage.publish({ [NAME]: { files, hash } })[NAME]!;
}
const record = (env: Record<string, string> = {}) => singularityRecord({ from: 'any:1', env });
publish({ ...smallImage(), ...record({ PATH: '/first:/bin', FIRST: 'yes' }) });
const script = stage.wrap(['--runtime', 'bubblewrap', NAME]);
const sh = { 'bin/sh': { program: elfHeader(process.arch === 'arm64' ? 183 : 62) } };

/** What a script and jcds do with the image that is there now. */
function compare(
  environment: Record<string, string> = {},
  {
    own = script,
    options = [],
    command = '/bin/sh',
  }: { own?: string; options?: readonly string[]; command?: string } = {},
): Ran {
  const caller = stage.environment(environment);
  const words = ['--runtime', 'bubblewrap', ...options, NAME, command];
  const byHand = stage.run([stage.jcds, 'exec', ...words], caller);
  const expected = { ...shown(byHand, stage.home), stderr: unsaid(byHand.stderr) };
  for (const [shell] of SHELLS)
    expect(shown(stage.run([...stage.by(shell, own), command], caller), stage.home), shell).toEqual(expected);
  return byHand;
}

const IMAGES: Record<string, ImageFiles> = {
  'the usual places': smallImage(),
  'almost nothing': { ...sh },
  'places that are links': {
    ...sh,
    'usr/mnt/x': '',
    mnt: { link: 'usr/mnt' },
    'var/tmp': { link: '/tmp' },
    'etc/x': '',
    'etc/localtime': { link: '/usr/share/zoneinfo/UTC' },
  },
  'names that shells stumble over': {
    ...sh,
    ...Object.fromEntries(
      [
        'a b',
        '-n',
        '--',
        '*',
        '[x]',
        '?',
        "it's",
        '"q"',
        '$x',
        '`id`',
        '\\',
        '.hidden',
        '..twice',
        '~',
      ].flatMap(name => [
        [name, 'x'],
        [`etc/${name}`, { link: name }],
      ]),
    ),
    'opt/x': '',
    'etc/blank ': { link: ' x  y ' },
  },
  'accounts of several kinds': {
    ...smallImage(),
    'etc/passwd': 'nobody:x:65534:65534::/:\n\nbroken\nlast:x:7:7::/:/bin/sh',
    'etc/group': `${Array.from({ length: 400 }, (_, index) => `group${index}:x:${1000 + index}:`).join('\n')}\n`,
  },
};

test.each(Object.entries(IMAGES))('an image that came later: %s', (_, files) => {
  publish({ ...files, ...record({ PATH: '/usr/bin:/bin', LATER: 'yes' }) });
  compare();
});

test('binds at new and old places, in whatever image comes', () => {
  const places = ['/home/a/b', '/etc/a', '/opt/new/one', '/opt/new', '/usr'];
  const options = [
    ...places.flatMap(place => ['-B', `${stage.home}:${place}`]),
    '-B',
    '/etc/hostname:/new/file',
  ];
  const own = stage.wrap(['--runtime', 'bubblewrap', ...options, NAME], undefined, 'binds');
  publish({ ...IMAGES['places that are links'], 'opt/x': '', ...record() });
  compare({ HOME: stage.work, XDG_CONFIG_HOME: '/no/such' }, { own, options });
});

const PROGRAMS: ImageFiles = {
  ...sh,
  'etc/x': '',
  'usr/bin/real': sh['bin/sh'],
  'usr/bin/absolute': { link: '/usr/bin/real' },
  'usr/bin/dangling': { link: '/usr/bin/no-such' },
  'usr/bin/round': { link: 'round' },
  'usr/bin/to-directory': { link: '/etc' },
  'usr/bin/to-text': { link: '/etc/x' },
  tools: { link: '/usr/bin' },
};

test.each(
  ['real', 'absolute', '/tools/real', '/usr/bin/to-directory', '/etc/x/y', '/etc/x', '/etc', './x', ''].map(
    word => [word],
  ),
)('126 and 127: %j', word => {
  publish({ ...PROGRAMS, ...record({ PATH: '/tools:/usr/bin' }) });
  compare({}, { command: word });
});

test.each(
  [
    'dangling',
    'to-directory',
    'to-text',
    'no-such',
    '/tools/no-such',
    '/usr/bin/dangling',
    '/usr/bin/to-text',
  ].map(word => [word]),
)('what an absolute link of the image decides is left to bubblewrap: %j', word => {
  publish({ ...PROGRAMS, ...record({ PATH: '/tools:/usr/bin' }) });
  for (const [shell] of SHELLS) expect(stage.run([...stage.by(shell, script), word]).status, shell).toBe(7);
});

test('it knows nothing of the former image', () => {
  const target = publish({ ...smallImage(), ...record({ PLAIN: 'new' }) });
  const { started } = stage.run([script, '/bin/sh']);
  expect(started!.environment.get('JCDS_IMAGE_PATH')).toBe(target);
  expect(started!.environment.has('FIRST')).toBe(false);
  expect(started!.environment.get('PATH')).toBe(
    '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  );
});

test.each<[string, ImageFiles]>([
  ['/etc', { 'x/etc/x': '', etc: { link: 'x/etc' } }],
  ['/etc/passwd', { 'etc/passwd': { link: '/no/such' } }],
  ['/etc/group', { 'etc/group': { link: 'passwd' }, 'etc/passwd': '' }],
  ['/tmp', { tmp: { link: 'var/tmp' }, 'var/tmp/x': '' }],
  ['/var/tmp', { 'var/tmp': { link: '/scratch' }, 'scratch/x': '' }],
  ['/var', { var: { link: 'x/var' }, 'x/var/tmp/x': '' }],
  ['/dev', { dev: { link: 'x' }, 'x/y': '' }],
])('where a link of the image leads to a place that is shown, jcds exec is named: %s', (_, files) => {
  publish({ ...sh, ...files, ...record() });
  expect(stage.run([stage.jcds, 'exec', '--runtime', 'bubblewrap', NAME, '/bin/sh']).status).toBe(7);
  for (const [shell] of SHELLS)
    expect(stage.run([...stage.by(shell, script), '/bin/sh']), shell).toEqual({
      ...{ status: 125, stdout: '', started: null },
      stderr: expect.stringMatching(
        /^jcds: nothing can be shown at "\/[a-z/]+" in this image: .* link\nhint: /,
      ),
    });
});

describe('the ENV of an image that came later', () => {
  const VALUES = {
    EMPTY: '',
    UNICODE: 'Дубна',
    LD_LIBRARY_PATH: '/image/lib',
    LC_ALL: 'C',
    PATH: '/a b:/bin',
    THEIRS: 'image',
  };
  test.each([{}, { THEIRS: 'mine', LD_LIBRARY_PATH: '/host', APPTAINERENV_UNICODE: 'addressed' }])(
    'reads as jcds reads it, for a caller with %j',
    environment => {
      publish({ ...smallImage(), ...record(VALUES) });
      compare(environment);
    },
  );

  test.each([
    'export A="${A:-"plain"}"\nexport B="x y"\n#export G="x"\nexport E=""\nexport F="${F:-}"\n\n',
    'export A="no end of line"',
  ])('of every generation: %j', text => {
    publish({ ...smallImage(), ...record(), '.singularity.d/env/10-docker2singularity.sh': text });
    compare();
  });

  test.each([
    ['A', 'export A="${A:-"two\nlines"}"'],
    ['B', 'export A="x"\nexport B="${B:-"\\u00a0"}"'],
    ['C', 'export C="a"b"'],
    ['D', 'export D="${D:-"x\\"y"}"'],
    ['E', 'export A="x"\nexport E="$HOME"'],
    ['F', 'export F=bare'],
    ['PATH', 'export PATH="/old:$PATH"'],
  ])('a value that a shell cannot make out ends it: %s', (variable, text) => {
    publish({ ...smallImage(), ...record(), '.singularity.d/env/10-docker2singularity.sh': text });
    for (const [shell] of SHELLS)
      expect(stage.run([...stage.by(shell, script), '/bin/sh']), shell).toEqual({
        status: 125,
        stdout: '',
        stderr: `jcds: the ENV of ${NAME} has a value that a script cannot read: ${variable}\nhint: jcds exec can, and a script written for it anew with jcds wrap\n`,
        started: null,
      });
  });

  test('one without a record is warned of', () => {
    publish(smallImage());
    const { stderr, status } = stage.run([script, '/bin/sh']);
    expect([stderr, status]).toEqual([
      `jcds: the image ${NAME} has no .singularity.d: a script cannot know its ENV; jcds exec asks its registry\n`,
      7,
    ]);
  });
});

describe('faults', () => {
  test('the tag leads to an image file now', () => {
    rmSync(tag);
    writeFileSync(tag, 'hsqs');
    for (const [shell] of SHELLS)
      expect(stage.run([...stage.by(shell, script), '/bin/sh']), shell).toEqual({
        ...{ status: 125, stdout: '', started: null },
        stderr: expect.stringMatching(/^jcds: .* is published, but cannot be used: .*\nhint: jcds status /),
      });
  });

  test.each([
    ['below a file', '/bin/busybox/x', '/bin/busybox is no directory'],
    ['below a file of the host', '/dev/null/x', '/dev/null is no directory'],
    ['in a circle', '/round/x', '/round is a link'],
    ['behind a link', '/alias/x', '/alias is a link'],
  ])('nothing can be shown at a place %s', (_, place, reason) => {
    publish({ ...smallImage(), ...record(), round: { link: 'round' }, alias: { link: 'usr' } });
    const options = ['-B', `${stage.home}:${place}`];
    const own = stage.wrap(['--runtime', 'bubblewrap', ...options, NAME], undefined, 'own');
    for (const [shell] of SHELLS)
      expect(stage.run([...stage.by(shell, own), '/bin/sh']), shell).toEqual({
        ...{ status: 125, stdout: '', started: null },
        stderr: `jcds: nothing can be shown at "${place}" in this image: ${reason}\nhint: choose another place inside: --bind SRC:DST\n`,
      });
  });

  test('a descriptor that it needs is the caller’s', () => {
    publish({ ...smallImage({ 'etc/passwd': '', 'etc/group': '' }), ...record() });
    const { status, stderr } = stage.run(['/bin/sh', '-c', 'exec "$@" 7</dev/null', 'sh', script, '/bin/sh']);
    expect([status, stderr.split('\n')[0]]).toEqual([
      125,
      'jcds: a script for bubblewrap needs the descriptors 6, 7 and 8, and the caller has one of them open',
    ]);
  });

  test.each(SHELLS)('%s: descriptors of the caller that it does not need', shell => {
    publish({ ...smallImage({ 'etc/passwd': '', 'etc/group': '' }), ...record() });
    const open = ['/bin/sh', '-c', 'exec "$@" 3</dev/null 4</dev/null 5</dev/null', 'sh'];
    const { status, stderr } = stage.run([...open, ...stage.by(shell, script), '/bin/sh']);
    expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
  });

  test.each(SHELLS)(
    '%s: an environment as large as the kernel takes it goes on in the time for CVMFS',
    shell => {
      publish({ ...smallImage({ 'etc/passwd': '', 'etc/group': '' }), ...record() });
      const large = Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [`LARGE${at}`, 'x'.repeat(120_000)]),
      );
      const { status, stderr, started } = stage.run(
        [...stage.by(shell, script), '/bin/sh'],
        stage.environment(large),
      );
      expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
      for (const [name, value] of Object.entries(large))
        expect(started!.environment.get(name) === value, name).toBe(true);
    },
  );

  test('bubblewrap is gone', () => {
    publish({ ...smallImage(), ...record() });
    const text = `${script}-gone`;
    writeFileSync(
      text,
      readFileSync(script, 'utf8')
        .replaceAll(join(stage.programs, 'bwrap'), '/no/such')
        .replaceAll('command -v bwrap', 'command -v bwrap-gone'),
      {
        mode: 0o755,
      },
    );
    expect(stage.run([text, '/bin/sh'])).toEqual({
      status: 125,
      stdout: '',
      stderr:
        'jcds: no container runtime of this host can run this job\n  bubblewrap: is not installed\nhint: bubblewrap: install the package bubblewrap\n',
      started: null,
    });
  });
});
