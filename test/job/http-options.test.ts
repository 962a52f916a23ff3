import { expect, test } from 'vitest';
import { DEFAULTS } from '../../src/configuration/settings.ts';
import { isJcdsError } from '../../src/errors.ts';
import { httpWishesOf, httpWords } from '../../src/job/http-options.ts';
import { searchWords } from '../../src/job/search-words.ts';

const context = { environment: {}, home: '/home/ann', cwd: '/work' };
const USUAL = {
  when: 'fallback',
  servers: [],
  keys: [],
  insecure: false,
  forgetRevision: false,
  isFresh: false,
  cacheDirectory: '/home/ann/.cache/jcds/cvmfs',
  isCacheNamed: false,
  readsOrigin: false,
};

test.each<[Record<string, unknown>, object]>([
  [{ mount: true }, USUAL],
  [{ mount: false }, { ...USUAL, when: 'only' }],
  [
    { server: ['http://a/@fqrn@', 'http://b'], keys: ['k.pub', '/etc/keys'] },
    { ...USUAL, servers: ['http://a/@fqrn@', 'http://b'], keys: ['/work/k.pub', '/etc/keys'] },
  ],
  [
    { insecure: true, forgetRevision: true },
    { ...USUAL, insecure: true, forgetRevision: true },
  ],
  [{ cacheDir: 'c' }, { ...USUAL, cacheDirectory: '/work/c', isCacheNamed: true }],
  [{ checkRegistry: true }, { ...USUAL, readsOrigin: true }],
])('%j', (options, expected) => {
  const { services, ...requested } = httpWishesOf(options, DEFAULTS, context);
  expect(requested).toEqual(expected);
  expect(services[0]?.name).toBe('containers.jinr.ru');
});

test('the cache is where XDG says, unless that is no absolute path', () => {
  const at = (cache: string) =>
    httpWishesOf({}, DEFAULTS, { ...context, environment: { XDG_CACHE_HOME: cache } }).cacheDirectory;
  expect([at('/scratch'), at('scratch')]).toEqual(['/scratch/jcds/cvmfs', '/home/ann/.cache/jcds/cvmfs']);
});

test('a forbidden network is never used, and --no-mount then makes no sense', () => {
  const settings = { ...DEFAULTS, network: false };
  expect(httpWishesOf({}, settings, context).when).toBe('never');
  expect(refusal({ mount: false }, settings)).toEqual({
    code: 'NETWORK_FORBIDDEN',
    exitCode: 2,
    message: '--no-mount looks over HTTP, and the setting "network" forbids jcds the network',
    hint: 'leave out --no-mount, or see where the setting comes from with: jcds config list',
  });
});

test('--keys and --insecure contradict each other', () => {
  expect(refusal({ insecure: true, keys: ['k'] })).toEqual({
    code: 'USAGE',
    exitCode: 2,
    message: '--keys and --insecure contradict each other',
    hint: 'leave out --insecure to have everything verified with these keys',
  });
});

test('the list for TAB is read in the same way, and not at all where nothing would be verified', () => {
  const options = {
    mount: false,
    server: ['http://a'],
    keys: ['k.pub'],
    cacheDir: 'c',
    forgetRevision: true,
  };
  expect(httpWords(options, '/work')).toEqual([
    '--no-mount',
    ...['--server', 'http://a'],
    ...['--keys', '/work/k.pub'],
    ...['--cache-dir', '/work/c'],
  ]);
  expect(httpWords({ mount: true }, '/work')).toEqual([]);
  expect(httpWords({ insecure: true }, '/work')).toBeNull();
});

function refusal(options: Record<string, unknown>, settings = DEFAULTS) {
  try {
    return httpWishesOf(options, settings, context);
  } catch (error) {
    if (!isJcdsError(error)) throw error;
    const { code, exitCode, message, hint } = error;
    return { code, exitCode, message, hint };
  }
}

test('another command, in another directory, looks at the same places', () => {
  const options = { cvmfsRoot: 'tree', repository: ['a.example', 'b.example'], keys: ['k'], json: true };
  expect(searchWords(options, { cwd: '/work' })).toEqual([
    ...['--cvmfs-root', '/work/tree'],
    ...['--repository', 'a.example', '--repository', 'b.example'],
    ...['--keys', '/work/k'],
  ]);
  expect(searchWords({}, { cwd: null })).toEqual([]);
  expect(searchWords({ ...options, insecure: true }, { cwd: '/work' })).toBeNull();
});
