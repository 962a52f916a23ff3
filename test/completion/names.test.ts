import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { indexText } from '../../src/completion/index-format.ts';
import { pressTab, type Typed } from './bash.ts';
import { Cache } from './cache.ts';
import { beginnings, COPIES, manyNames, NAMES, offered } from './names.ts';
import { SCRIPTS } from './table.ts';

const SCRIPT = SCRIPTS['completions/jcds.bash']!;
let cache: Cache;

beforeEach(() => {
  cache = new Cache();
});
afterEach(() => cache.remove());

const one = (line: string, more?: Readonly<Record<string, string>>) => cache.press([line], more)[0];

describe('a name is completed segment by segment', () => {
  test.each([
    [
      '',
      [
        'baikal/',
        'git.jinr.ru:5005/',
        'gitlab-p4n.aip.de:5005/',
        'library/',
        'nica/',
        'registry.hub.docker.com/',
      ],
    ],
    ['g', ['git.jinr.ru:5005/', 'gitlab-p4n.aip.de:5005/']],
    ['git.jinr.ru:', ['git.jinr.ru:5005/']],
    [
      'git.jinr.ru:5005/nica/docker-images/bmn:',
      ['git.jinr.ru:5005/nica/docker-images/bmn:24.12', 'git.jinr.ru:5005/nica/docker-images/bmn:latest'],
    ],
    ['nica', ['nica/']],
    ['nica/', ['nica/docker-images/', 'nica/docker-images:', 'nica/spd:']],
    ['nica/docker-images', ['nica/docker-images/', 'nica/docker-images:']],
    ['nica/docker-images/bmn', ['nica/docker-images/bmn:']],
    ['nica/docker-images/bmn:24', ['nica/docker-images/bmn:24.12', 'nica/docker-images/bmn:24.4']],
    ['nica/docker-images/bmn:latest', ['nica/docker-images/bmn:latest']],
    ['library/debian:12', ['library/debian:12', 'library/debian:12.1']],
    [
      'registry.hub.docker.com/library/centos',
      ['registry.hub.docker.com/library/centos:', 'registry.hub.docker.com/library/centos@'],
    ],
    ['registry.hub.docker.com/library/centos@', ['registry.hub.docker.com/library/centos@sha256:']],
    ['z', []],
    ['nica/x', []],
    ['/cvmfs/containers.jinr.ru/nica/', []],
    ['./nica', []],
    ['*', []],
    ['$(touch ran)', []],
  ])('%j', (word, expected) => {
    cache.write(NAMES);
    expect(one(`jcds run ${word}`)).toEqual(expected);
  });

  test('a whole name ends in a blank, a segment does not', () => {
    cache.write(NAMES);
    const lines = ['jcds run nica/docker-images/bmn:l', 'jcds run baik', 'jcds run library/d'];
    expect(
      pressTab(SCRIPT, lines, { XDG_CACHE_HOME: cache.directory }).map(({ options }) => options),
    ).toEqual([[], ['nospace'], ['nospace']]);
  });

  test('names of local copies are offered beside them, and hide none', () => {
    cache.write(NAMES);
    cache.writeRaw('copies', indexText(COPIES, undefined, 'store'));
    expect(one('jcds run ')).toEqual(expect.arrayContaining(['docker.io/', 'nica/', 'x.org/']));
    expect(one('jcds run x.org/')).toEqual(
      expect.arrayContaining(['x.org/own/', 'x.org/nica/', 'x.org/library/']),
    );
    expect(one('jcds run x.org/own/copy:')).toEqual(['x.org/own/copy:1']);
    expect(one('jcds run docker.io/library/a')).toEqual(['docker.io/library/alpine:']);
  });

  test('a registry that the layout drops may be typed all the same', () => {
    cache.write(NAMES.filter(name => /^(?:nica|library)/.test(name)));
    cache.write(['reg.io/only/here:1'], 'unpacked.cern.ch');
    expect(
      cache.press(['jcds run git.jinr.ru:5005/ni', 'jcds run git.jinr.ru:5005/nica/spd:', 'jcds run x.org/']),
    ).toEqual([
      ['git.jinr.ru:5005/nica/'],
      ['git.jinr.ru:5005/nica/spd:1'],
      ['x.org/library/', 'x.org/nica/'],
    ]);
    expect(one('jcds run reg.io/')).toEqual(['reg.io/only/']);
  });

  test('the cursor may stand within the line, and COMP_LINE may be absent', () => {
    cache.write(NAMES);
    const press = (typed: Typed) =>
      pressTab(SCRIPT, [typed], { XDG_CACHE_HOME: cache.directory })[0]?.replies;
    expect(press({ before: 'jcds run ni', after: 'XX --gpu none' })).toEqual(['nica/']);
    expect(press({ before: 'jcds run ni', bare: true })).toEqual(['nica/']);
    expect(press({ before: 'jcds run git.jinr.ru:5005/nica/docker-images/bmn:24', bare: true })).toEqual([
      '24.12',
    ]);
    expect(press({ before: 'jcds run --gpu=n', bare: true })).toEqual(['nvidia', 'none']);
  });

  test('in quotes nothing is cut: bash replaces the whole word', () => {
    cache.write(NAMES);
    const lines = [
      'jcds run "git.jinr.ru:5005/ni',
      "jcds run 'nica/docker-images/bmn:l",
      'jcds run library\\/debian:12.',
    ];
    expect(
      pressTab(SCRIPT, lines, { XDG_CACHE_HOME: cache.directory }).map(({ replies }) => replies),
    ).toEqual([['git.jinr.ru:5005/nica/'], ['nica/docker-images/bmn:latest'], ['12.1']]);
  });
});

describe('the names are those of the repositories that a job would search', () => {
  beforeEach(() => {
    cache.write(['a/b:1']);
    cache.write(['reg.io/c/d:1'], 'unpacked.cern.ch');
    cache.write(['e/f:1'], 'images.example.org');
  });

  test('all of them as long as nothing says which', () => {
    expect(one('jcds run ')).toEqual(['a/', 'e/', 'reg.io/']);
  });

  test('of the configuration, as `list` and `status` note it', () => {
    cache.writeRaw('searched', 'jcds-completion 1\nunpacked.cern.ch\nimages.example.org\n');
    expect(one('jcds run ')).toEqual(['e/', 'reg.io/']);
    cache.writeRaw('searched', 'jcds-completion 2\nunpacked.cern.ch\n');
    expect(one('jcds run ')).toEqual(['a/', 'e/', 'reg.io/']);
  });

  test('of the environment', () => {
    expect(one('jcds run ', { JCDS_REPOSITORIES: 'unpacked.cern.ch,containers.jinr.ru' })).toEqual([
      'a/',
      'reg.io/',
    ]);
    expect(one('jcds run ', { JCDS_REPOSITORIES: '../../x,/etc,,*,$(touch ran),unpacked.cern.ch' })).toEqual([
      'reg.io/',
    ]);
  });

  test('of the command line', () => {
    expect(
      cache.press([
        'jcds run --repository unpacked.cern.ch ',
        'jcds run --repository=unpacked.cern.ch --repository images.example.org ',
        'jcds run --repository ../completion/unpacked.cern.ch ',
        'jcds run --repository nothing.example.org ',
        'jcds resolve a/b:1 ',
        'jcds condor submit e',
      ]),
    ).toEqual([['reg.io/'], ['e/', 'reg.io/'], [], [], ['a/', 'e/', 'reg.io/'], ['e/']]);
  });

  test('and --repository offers those that have an index besides those that jcds knows', () => {
    cache.writeRaw('$(touch ran).names', '');
    cache.writeRaw('.hidden.names', '');
    expect(one('jcds run --repository ')).toEqual([
      'containers.jinr.ru',
      'images.example.org',
      'unpacked.cern.ch',
    ]);
  });
});

test('law: whatever the names and the blocks, bash offers what looking at every name offers', () => {
  fc.assert(
    fc.property(manyNames, fc.integer({ min: 12, max: 40 }), (names, block) => {
      cache.write(names, 'containers.jinr.ru', block);
      const words = beginnings(names);
      const found = cache.press(words.map(word => `jcds run ${word}`));
      expect(words.filter((word, at) => !agree(found[at]!, offered(names, word)))).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

/** Equal, or, where a segment was too wide for a block, beginnings of it that leave out none. */
function agree(found: readonly string[], expected: readonly string[]): boolean {
  return (
    found.every(text => expected.some(full => full.startsWith(text))) &&
    expected.every(full => found.some(text => full.startsWith(text)))
  );
}
