import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CallOptions } from '../../src/call.ts';
import { chooseShown } from '../../src/job/shown.ts';
import { bindsIn } from '../../src/runtimes/shown.ts';

// Not below /tmp, which is shown by itself: here, or in the home where the clone lies there.
const isInTmp = /^\/(var\/)?tmp\//.test(realpathSync(import.meta.dirname));
const base = realpathSync(mkdtempSync(join(isInTmp ? homedir() : import.meta.dirname, '.shown-')));
afterAll(() => rmSync(base, { recursive: true }));
const at = (name: string) => join(base, name);

for (const name of ['home/own', 'data/sub', 'cvmfs/r', 'lustre/me/deep', 'elsewhere'])
  mkdirSync(at(name), { recursive: true });
for (const name of ['data/f', 'lustre/me/input', 'lustre/proxy', 'home/proxy']) writeFileSync(at(name), name);
const links = {
  'home/work': at('lustre/me'),
  'elsewhere/me': at('lustre/me'),
  'home/px': at('lustre/proxy'),
};
for (const [name, target] of Object.entries(links)) symlinkSync(target, at(name));

/** What is shown besides what every job gets: one line each, and where the job starts. */
function shown(
  options: CallOptions = {},
  {
    cwd = at('home') as string | null,
    environment = {},
    cvmfsRoot = '/none',
    configured = [] as string[],
    policy = 'keep' as 'keep' | 'clean' | 'hep',
  } = {},
) {
  // What is bound over jcds' own directories is none of this.
  const outside = { XDG_CONFIG_HOME: '/none', XDG_CACHE_HOME: '/none', ...environment };
  const image = { name: 'i', path: '/none', facts: null };
  const { shown, notes } = chooseShown(
    { options, cvmfsRoot, configured, stores: [], gpu: null, environment: outside, policy, image },
    { cwd, home: at('home'), uid: process.getuid!() },
  );
  const short = (path: string) => path.replaceAll(base, '~');
  const isMade = (place: string) => shown.places.some(({ at, isMade }) => at === place && isMade === true);
  const binds = bindsIn(shown).map(
    ({ source, destination, mode, origin }) =>
      `${short(source)} ${short(destination)} ${mode} ${origin}${isMade(destination) ? ' made' : ''}`,
  );
  return { binds, cwd: short(shown.cwd), notes: notes.map(short) };
}

describe('the working directory', () => {
  test.each<[string, CallOptions, string | null, string[], string]>([
    ['in the home', {}, 'home/own', [], '~/home/own'],
    ['not shown by itself', {}, 'data/sub', ['~/data/sub ~/data/sub rw default'], '~/data/sub'],
    [
      'by a link in the home',
      {},
      'home/work/deep',
      ['~/lustre/me/deep ~/lustre/me/deep rw default'],
      '~/home/work/deep',
    ],
    [
      'by a link whose parent is not shown',
      {},
      'elsewhere/me',
      ['~/lustre/me ~/elsewhere/me rw default'],
      '~/elsewhere/me',
    ],
    ['of the image itself', {}, '/usr', [], '/usr'],
    ['of the image itself, contained', { contain: true }, '/usr', [], '~/home'],
    [
      'contained, and a bind hides the home',
      { contain: true, bind: [`${at('data')}:${base}`] },
      'lustre',
      ['~/data ~ rw user'],
      '/',
    ],
    ['closed', {}, null, [], '~/home'],
    ['contained', { contain: true }, 'data/sub', [], '~/home'],
    [
      'contained, and bound',
      { contain: true, bind: [at('data')] },
      'data/sub',
      ['~/data ~/data rw user'],
      '~/data/sub',
    ],
    [
      'typed, by a link in the home',
      { workdir: at('home/work') },
      'home',
      ['~/lustre/me ~/lustre/me rw default'],
      '~/home/work',
    ],
    ['typed, in the image', { workdir: '/opt' }, 'home', [], '/opt'],
  ])('%s', (_, options, cwd, binds, expected) => {
    const where = cwd === null || cwd.startsWith('/') ? cwd : at(cwd);
    expect(shown(options, { cwd: where })).toEqual({ binds, cwd: expected, notes: [] });
  });
});

describe('the places of binds', () => {
  test.each<[string, string[], string[]]>([
    ['a link of the host that is shown', [at('home/work')], ['~/home/work ~/lustre/me rw user']],
    ['below such a link', [`${at('data')}:${at('home/work/new')}`], ['~/data ~/lustre/me/new rw user']],
    ['missing in the home', [`${at('data')}:${at('home/new/er')}`], ['~/data ~/home/new/er rw user made']],
    [
      'there in another bind',
      [`${at('data')}:/x`, `${at('lustre')}:/x/sub`],
      ['~/data /x rw user', '~/lustre /x/sub rw user'],
    ],
    [
      'missing in another bind',
      [`${at('data')}:/x`, `${at('lustre')}:/x/new`],
      ['~/data /x rw user', '~/lustre /x/new rw user made'],
    ],
  ])('%s', (_, bind, binds) => {
    expect(shown({ bind }).binds).toEqual(binds);
  });

  test('with --contain a place in /tmp has to be made', () => {
    expect(shown({ contain: true, bind: [`${at('data')}:/tmp/x`] }).binds).toEqual([
      '~/data /tmp/x rw user made',
    ]);
  });
});

describe('credentials', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['shown anyway', { X509_USER_PROXY: at('home/proxy') }, []],
    ['a link in the home', { X509_USER_PROXY: at('home/px') }, ['~/lustre/proxy ~/lustre/proxy ro default']],
    ['FILE:', { KRB5CCNAME: `FILE:${at('data/f')}` }, ['~/data/f ~/data/f ro default']],
    ['WRFILE:', { KRB5CCNAME: `WRFILE:${at('data/f')}` }, ['~/data/f ~/data/f ro default']],
    ['DIR:', { KRB5CCNAME: `DIR:${at('data')}` }, ['~/data ~/data ro default']],
    ['DIR::', { KRB5CCNAME: `DIR::${at('data/f')}` }, ['~/data ~/data ro default']],
    [
      'nothing that is a file',
      { KRB5CCNAME: 'KEYRING:persistent:1000', BEARER_TOKEN_FILE: 'relative', XAUTHORITY: '/no/such' },
      [],
    ],
  ])('%s', (_, environment, binds) => {
    expect(shown({}, { environment }).binds).toEqual(binds);
  });

  test.each([
    ['keep', ['~/data/f ~/data/f ro default']],
    ['hep', ['~/data/f ~/data/f ro default']],
    ['clean', []],
  ] as const)('under the policy %s', (policy, binds) => {
    expect(shown({}, { environment: { X509_USER_PROXY: at('data/f') }, policy }).binds).toEqual(binds);
  });
});

test('a directory that a variable names by a link is shown by that name where it is shown by its own', () => {
  const environment = { TMPDIR: at('elsewhere/me'), _CONDOR_SCRATCH_DIR: at('elsewhere/me') };
  expect(shown({}, { environment }).binds).toEqual([]);
  expect(shown({}, { environment, cwd: at('lustre/me') }).binds).toEqual([
    '~/lustre/me ~/elsewhere/me rw default',
    '~/lustre/me ~/lustre/me rw default',
  ]);
});
