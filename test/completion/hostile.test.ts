import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { indexText } from '../../src/completion/index-format.ts';
import { pressTab } from './bash.ts';
import { Cache } from './cache.ts';
import { NAMES } from './names.ts';
import { SCRIPTS } from './table.ts';

const SCRIPT = SCRIPTS['completions/jcds.bash']!;
let cache: Cache;

beforeEach(() => {
  cache = new Cache();
});
afterEach(() => cache.remove());

const one = (line: string, more?: Readonly<Record<string, string>>) => cache.press([line], more)[0];

const HOSTILE = [
  '$(touch ran)',
  '`touch ran`',
  'nica/$(touch ran):1',
  'nica/`touch ran`:1',
  'nica/${IFS}x:1',
  'nica/a[$(touch ran)]:1',
  'nica/b:1; touch ran',
  'nica/c d:1',
  'nica/*:1',
  'nica/?[a-z]:1',
  'nica/~root:1',
  "nica/'quote:1",
  'nica/"quote:1',
  'nica/\\:1',
  'nica/\u001b[2J\u001b]0;title\u0007:1',
  'nica/\u202e:1',
  'nica/\r:1',
  'nica/\u0000:1',
  'nica/a::b:::1',
  'nica/{x,y}:1',
  'nica/!!:1',
  'nica/x:1\\',
  '-rf/x:1',
  '--volume=/:/x/y:1',
  '../../etc/passwd:1',
  'nica/a\tb\tc:1',
  'nica/a\t$(touch ran)\t1',
  'nica/a\t1\ta[$(touch ran)]',
  'nica/a\t00000001\t08',
  'nica/a\t1\t1',
  'nica/a\t99999999999999999999\t5',
  'nica/a\t-1\t-1',
  `nica/${'x'.repeat(100_000)}`,
];

describe('an index that somebody else has written harms nobody', () => {
  const WORDS = [
    '',
    'n',
    'nica/',
    'nica/a',
    'nica/b',
    'nica/a:',
    '$',
    '`',
    '-',
    '.',
    'nica/x',
    'nica/$(touch ran)',
  ];

  test('nothing of a hostile name runs, is expanded, or is offered; sound names are', () => {
    const lines = [...HOSTILE, 'nica/sound:1'];
    cache.writeRaw(
      'containers.jinr.ru.names',
      `jcds-completion 1 ${lines.length} 1 99\n${lines.join('\n')}\n`,
    );
    const replies = pressTab(
      SCRIPT,
      WORDS.map(word => `jcds run ${word}`),
      { XDG_CACHE_HOME: cache.directory },
    );
    for (const { replies: texts } of replies)
      for (const text of texts) expect(text).toMatch(/^[A-Za-z0-9._/:@-]+$/);
    expect(replies[2]?.replies).toContain('nica/sound:');
    expect(replies[1]?.replies).toEqual(['nica/']);
  });

  test.each([
    'x[$(touch ran)]',
    '08',
    '-5',
    '0',
    '99999999999999999999',
    '1001',
    '$(touch ran)',
    '1;touch ran',
  ])('a header that counts %j lines offers nothing', count => {
    cache.writeRaw('containers.jinr.ru.names', `jcds-completion 1 ${count} 1 2\nnica/x:1\n`);
    expect(one('jcds run ')).toEqual([]);
  });

  test.each(HOSTILE.filter(line => line.includes('\t')))(
    'a block that is announced as %j leads nowhere',
    line => {
      cache.writeRaw('containers.jinr.ru.names', `jcds-completion 1 1 2 3\n${line}\nother/x:1\n`);
      expect(cache.press(['jcds run nica/a', 'jcds run nica/a:']).flat()).toEqual([]);
    },
  );

  test.each([
    ['empty', ''],
    ['binary', '\0\u0001\u0002'.repeat(1000)],
    ['of another version', indexText(NAMES).replace(' 1 ', ' 2 ')],
    ['without an end of line', 'jcds-completion 1 1 1 2'],
    ['one endless line', 'jcds-completion 1 '.padEnd(1_000_000, '1')],
  ])('a file that is %s offers nothing', (_, text) => {
    cache.writeRaw('containers.jinr.ru.names', text);
    expect(one('jcds run n')).toEqual([]);
  });

  test('a cut file offers what is left of it', () => {
    const text = indexText(NAMES);
    cache.writeRaw('containers.jinr.ru.names', text.slice(0, text.indexOf('library')));
    expect(one('jcds run ')).toEqual(['baikal/', 'git.jinr.ru:5005/', 'gitlab-p4n.aip.de:5005/']);
  });

  test('a directory, a link into nowhere, a file that cannot be read and no index at all offer nothing', () => {
    mkdirSync(join(cache.index, 'containers.jinr.ru.names'));
    symlinkSync('nowhere', join(cache.index, 'unpacked.cern.ch.names'));
    expect(one('jcds run ')).toEqual([]);
    expect(one('jcds run ', { XDG_CACHE_HOME: join(cache.directory, 'nowhere') })).toEqual([]);
    expect(one('jcds run ', { XDG_CACHE_HOME: 'relative' })).toEqual([]);
    expect(one('jcds run ', { HOME: '' })).toEqual([]);
    chmodSync(cache.index, 0o000);
    expect(one('jcds run ')).toEqual([]);
    chmodSync(cache.index, 0o700);
  });

  test('a pipe in the place of a file holds nobody up', () => {
    spawnSync('mkfifo', [join(cache.index, 'containers.jinr.ru.names')]);
    spawnSync('mkfifo', [join(cache.index, 'searched')]);
    expect(readdirSync(cache.index)).toHaveLength(2);
    expect(one('jcds run ')).toEqual([]);
  });
});
