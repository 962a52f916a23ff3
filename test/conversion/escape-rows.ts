import type { Limits } from '../../src/conversion/limits.ts';
import type { TestEntry } from '../archive/make-tar.ts';
import { makeTar, paxBytes } from '../archive/make-tar.ts';

/** One hostile or odd image, and what must come out. The numbers are those of the table that they were taken from. */
export interface Row {
  readonly row: number;
  readonly what: string;
  /** Lower layers first; `host` is the absolute path of the directory with the victim. */
  readonly layers: (host: string) => readonly (readonly TestEntry[] | Buffer)[];
  /** Lines of the tree without its root, `{host}` for the path of that directory; or what the error must say. */
  readonly out: readonly string[] | RegExp;
  readonly remarks?: Readonly<Record<string, number>>;
  readonly limits?: Partial<Limits>;
}

const f = (name: string, content = name, more: Partial<TestEntry> = {}): TestEntry => ({
  name,
  content,
  ...more,
});
const d = (name: string, more: Partial<TestEntry> = {}): TestEntry => ({ name: `${name}/`, ...more });
const l = (name: string, link: string, more: Partial<TestEntry> = {}): TestEntry => ({
  name,
  type: '2',
  link,
  ...more,
});
const h = (name: string, link: string, more: Partial<TestEntry> = {}): TestEntry => ({
  name,
  type: '1',
  link,
  ...more,
});
const one =
  (...entries: TestEntry[]) =>
  () => [entries];
const etc = [d('etc'), f('etc/keep', 'kept')];
const ETC = ['d 755 etc', 'f 644 etc/keep = kept'];

/** A file at the end of the host's own path, inside the root. */
const inside = (...lines: string[]) => ['{parents}', ...lines];

export const ROWS: readonly Row[] = [
  {
    row: 1,
    what: 'an absolute name',
    layers: one(f('/etc/abs')),
    out: ['d 755 etc', 'f 644 etc/abs = /etc/abs'],
  },
  ...['../../x', '/../x', 'a/../../x'].map(name => ({
    row: 2,
    what: name,
    layers: one(f(name, 'x')),
    out: ['f 644 x = x'],
    remarks: { 'upward-name': 1 },
  })),
  {
    row: 3,
    what: 'a file by way of a link',
    layers: host => [[l('lnk', host), f('lnk/evil', 'e')]],
    out: inside('f 644 {host}/evil = e', 'l lnk -> /{host}'),
  },
  ...['/', '/../', '../../../../../../..', '..'].map(target => ({
    row: 3,
    what: `a link to ${target}`,
    layers: one(l('lnk', target), f('lnk/evil', 'e')),
    out: ['f 644 evil = e', `l lnk -> ${target}`],
  })),
  {
    row: 3,
    what: 'an absolute link in a directory',
    layers: one(l('a/b/lnk', '/c'), f('a/b/lnk/evil', 'e')),
    out: ['d 755 a', 'd 755 a/b', 'l a/b/lnk -> /c', 'd 755 c', 'f 644 c/evil = e'],
  },
  {
    row: 4,
    what: 'by way of a link of a lower layer',
    layers: host => [[l('lnk', host)], [f('lnk/victim', 'e')]],
    out: inside('f 644 {host}/victim = e', 'l lnk -> /{host}'),
  },
  {
    row: 5,
    what: 'links to themselves and up',
    layers: one(l('a', '.'), l('a/b', '..'), l('a/b/c', '..'), f('b/c/evil', 'e')),
    out: ['l a -> .', 'l b -> ..', 'l c -> ..', 'f 644 evil = e'],
  },
  { row: 6, what: 'a loop', layers: one(l('l1', 'l2'), l('l2', 'l1'), f('l1/x')), out: /too many links/ },
  {
    row: 7,
    what: '41 links in one path',
    layers: one(...Array.from({ length: 41 }, (_, at) => l(`l${at}`, `l${at + 1}`)), f('l0/x')),
    out: /too many links/,
  },
  {
    row: 7,
    what: '40 links in one path',
    layers: one(
      ...Array.from({ length: 40 }, (_, at) => l(`l${at}`, at === 39 ? '/' : `l${at + 1}`)),
      f('l0/x'),
    ),
    out: [
      ...Array.from({ length: 40 }, (_, at) => `l l${at} -> ${at === 39 ? '/' : `l${at + 1}`}`),
      'f 644 x = l0/x',
    ].sort((one, other) =>
      one.slice(one[0] === 'f' ? 6 : 2) < other.slice(other[0] === 'f' ? 6 : 2) ? -1 : 1,
    ),
  },
  {
    row: 7,
    what: 'links that double',
    layers: one(
      l('e0', 'x'),
      ...Array.from({ length: 40 }, (_, at) => l(`e${at + 1}`, `e${at}/../e${at}`)),
      f('e40/x'),
    ),
    out: /too many links/,
  },
  {
    row: 7,
    what: '5,000 parts',
    layers: one({ name: 'x', gnuName: 'a/'.repeat(5000) }),
    out: /a path of more than 4095 bytes/,
  },
  {
    row: 8,
    what: 'a file in the place of a link',
    layers: host => [[l('lnk', `${host}/victim`), f('lnk', 'new')]],
    out: ['f 644 lnk = new'],
  },
  {
    row: 9,
    what: 'a directory in the place of a link',
    layers: one(d('dir'), l('lnk', 'dir'), d('lnk'), f('lnk/in', 'i')),
    out: ['d 755 dir', 'd 755 lnk', 'f 644 lnk/in = i'],
  },
  ...[
    (host: string) => [h('hl', `${host}/victim`)],
    (host: string) => [h('hl', `${'../'.repeat(20)}${host.slice(1)}/victim`)],
    (host: string) => [l('lnk', host), h('hl', 'lnk/victim')],
    (host: string) => [l('lnk', `${host}/victim`), h('hl', 'lnk/../victim')],
  ].map((entries, at) => ({
    row: 10,
    what: `a hard link out of the root, ${at + 1}`,
    layers: (host: string) => [entries(host)],
    out: /which is not in the image/,
  })),
  {
    row: 11,
    what: 'an absolute hard link',
    layers: one(...etc, h('hl', '/etc/keep')),
    out: ['d 755 etc', 'f 644 etc/keep = kept (2 names)', 'f 644 hl = kept (2 names)'],
  },
  {
    row: 12,
    what: 'a hard link to a lower layer',
    layers: () => [etc, [h('hl', 'etc/keep')]],
    out: ['d 755 etc', 'f 644 etc/keep = kept (2 names)', 'f 644 hl = kept (2 names)'],
  },
  {
    row: 13,
    what: 'a hard link before its target',
    layers: one(h('hl', 'etc/keep'), h('first', 'hl'), ...etc),
    out: [
      'd 755 etc',
      'f 644 etc/keep = kept (3 names)',
      'f 644 first = kept (3 names)',
      'f 644 hl = kept (3 names)',
    ],
  },
  {
    row: 13,
    what: 'hard links in backward order',
    layers: one(h('c', 'b'), h('b', 'a'), h('a', 'z'), f('z', 'x')),
    out: ['a', 'b', 'c', 'z'].map(name => `f 644 ${name} = x (4 names)`),
  },
  {
    row: 13,
    what: 'a hard link by way of a link that is a hard link itself',
    layers: one(h('x', 's/in/f'), h('s', 'l'), l('l', 'd'), h('d/in/f', 'z'), f('z', 'x')),
    out: [
      'd 755 d',
      'd 755 d/in',
      'f 644 d/in/f = x (3 names)',
      'l l -> d (2 names)',
      'l s -> d (2 names)',
      'f 644 x = x (3 names)',
      'f 644 z = x (3 names)',
    ],
  },
  {
    row: 13,
    what: 'hard links that wait for each other',
    layers: one(h('a', 'b'), h('b', 'a'), f('c')),
    out: /hard link "a" to "b", which is not in the image/,
  },
  {
    row: 13,
    what: 'a hard link whose target never comes, replaced by a file',
    layers: one(h('hl', 'nothing'), f('hl', 'x')),
    out: ['f 644 hl = x'],
  },
  {
    row: 14,
    what: 'a hard link to what a whiteout took',
    layers: () => [etc, [f('etc/.wh.keep'), h('hl', 'etc/keep')]],
    out: /hl.* to "etc\/keep", which is not in the image/,
  },
  {
    row: 15,
    what: 'a hard link to a link',
    layers: host => [[l('s', `${host}/victim`), h('hl', 's')]],
    out: ['l hl -> /{host}/victim (2 names)', 'l s -> /{host}/victim (2 names)'],
  },
  {
    row: 16,
    what: 'a hard link to a directory',
    layers: one(d('d'), h('hl', 'd')),
    out: /hard link to a directory/,
  },
  { row: 16, what: 'a hard link to itself', layers: one(f('a'), h('a', './a')), out: /hard link to itself/ },
  {
    row: 16,
    what: 'a hard link with content',
    layers: one(f('a'), h('hl', 'a', { content: 'other' }), f('b')),
    out: ['f 644 a = a (2 names)', 'f 644 b = b', 'f 644 hl = a (2 names)'],
  },
  {
    row: 16,
    what: 'a hard link in the place of the directory of its target',
    layers: one(f('d/f'), h('d', 'd/f')),
    out: /which is not in the image/,
  },
  {
    row: 17,
    what: 'a file over a name of a hard link',
    layers: one(...etc, h('hl', 'etc/keep'), f('hl', 'new')),
    out: [...ETC, 'f 644 hl = new'],
  },
  {
    row: 18,
    what: 'a hard link with a mode of its own',
    layers: one(f('a'), h('hl', 'a', { mode: 0o4777, uid: 7 })),
    out: ['f 644 a = a (2 names)', 'f 644 hl = a (2 names)'],
  },
  ...[
    [f('etc/keep', 'own'), f('etc/.wh.keep', '')],
    [f('etc/.wh.keep', ''), f('etc/keep', 'own')],
  ].map((entries, at) => ({
    row: 19,
    what: `a whiteout of what the layer brings, ${at + 1}`,
    layers: () => [etc, entries],
    out: ['d 755 etc', 'f 644 etc/keep = own'],
  })),
  ...[
    [d('dir'), f('dir/new'), f('dir/.wh..wh..opq', '')],
    [f('dir/.wh..wh..opq', ''), d('dir'), f('dir/new')],
    [f('.wh..wh..opq', ''), f('dir/new')],
    [f('dir/new'), f('.wh..wh..opq', '')],
  ].map((entries, at) => ({
    row: 20,
    what: `an opaque directory, ${at + 1}`,
    layers: () => [[f('dir/old'), f('dir/deep/old')], entries],
    out: ['d 755 dir', 'f 644 dir/new = dir/new'],
  })),
  {
    row: 20,
    what: 'a way to what stays that is not listed',
    layers: () => [
      [d('a', { mode: 0o700 }), d('a/b'), f('a/b/old'), f('a/c')],
      [f('a/b/new'), f('.wh.a', '')],
    ],
    out: ['d 700 a', 'd 755 a/b', 'f 644 a/b/new = a/b/new'],
  },
  {
    row: 20,
    what: 'four layers',
    layers: () => [[f('d/1')], [f('d/2'), f('d/.wh..wh..opq', '')], [f('d/3')], [f('d/.wh.2', '')]],
    out: ['d 755 d', 'f 644 d/3 = d/3'],
  },
  {
    row: 21,
    what: 'a directory taken and made anew',
    layers: () => [[f('dir/old')], [f('.wh.dir', ''), d('dir'), f('dir/n')]],
    out: ['d 755 dir', 'f 644 dir/n = dir/n'],
  },
  ...['.wh.', 'etc/.wh..', 'etc/.wh...', '.wh...', '.wh..'].map(name => ({
    row: name === '.wh.' ? 22 : name === 'etc/.wh..' ? 23 : 24,
    what: `the whiteout ${name}`,
    layers: () => [etc, [f(name, '')]],
    out: /a whiteout that names nothing/,
  })),
  {
    row: 25,
    what: 'whiteouts by way of a link',
    layers: host => [
      [l('lnk', host), f(`${host}/victim`, 'v'), f(`${host}/other`, 'o')],
      [f('lnk/.wh.victim', '')],
    ],
    out: inside('f 644 {host}/other = o', 'l lnk -> /{host}'),
  },
  {
    row: 25,
    what: 'an opaque marker by way of a link',
    layers: host => [[l('lnk', host)], [f('lnk/.wh..wh..opq', '')]],
    out: ['l lnk -> /{host}'],
  },
  {
    row: 26,
    what: 'whiteouts of nothing',
    layers: () => [
      etc,
      [f('.wh.none', ''), f('etc/keep/.wh.x', ''), f('no/where/.wh.x', ''), f('no/.wh..wh..opq', '')],
    ],
    out: ETC,
  },
  { row: 27, what: 'a whiteout that is a directory', layers: () => [etc, [d('.wh.etc')]], out: [] },
  {
    row: 27,
    what: 'children of a whiteout',
    layers: () => [etc, [d('.wh.etc'), f('.wh.etc/x')]],
    out: /an entry below a whiteout/,
  },
  {
    row: 28,
    what: 'what AUFS leaves',
    layers: one(
      d('.wh..wh.plnk'),
      f('.wh..wh.plnk/1', 'linked'),
      f('.wh..wh.aufs', ''),
      h('a', '.wh..wh.plnk/1'),
    ),
    out: ['f 644 a = linked'],
    remarks: { aufs: 3 },
  },
  {
    row: 29,
    what: 'a closed directory that a whiteout takes',
    layers: () => [[d('a', { mode: 0 }), d('a/b', { mode: 0o555 }), f('a/b/c')], [f('.wh.a', '')]],
    out: [],
    remarks: { 'closed-mode': 2 },
  },
  {
    row: 30,
    what: 'a directory and a file of mode 0',
    layers: () => [[d('a', { mode: 0 }), f('a/x', 'x', { mode: 0 })], [f('a/y', 'y')]],
    out: ['d 700 a', 'f 600 a/x = x', 'f 644 a/y = y'],
    remarks: { 'closed-mode': 2 },
  },
  {
    row: 31,
    what: 'a directory that nobody may write',
    layers: () => [
      [d('a', { mode: 0o555 }), f('a/x')],
      [f('a/y', 'y'), f('a/.wh.x', '')],
    ],
    out: ['d 755 a', 'f 644 a/y = y'],
    remarks: { 'closed-mode': 1 },
  },
  {
    row: 32,
    what: 'the root with mode 0',
    layers: one(d('.', { mode: 0, uid: 12 }), f('x')),
    out: ['f 644 x = x'],
    remarks: { 'closed-mode': 1 },
  },
  ...[l('./', '/'), f('.', ''), h('./', 'x')].map((entry, at) => ({
    row: 32,
    what: `the root as something else, ${at + 1}`,
    layers: one(f('x'), entry),
    out: /root that is no directory/,
  })),
  {
    row: 33,
    what: 'devices and a fifo',
    layers: one(
      { name: 'dev/null', type: '3' },
      { name: 'dev/sda', type: '4' },
      { name: 'pipe', type: '6', mode: 0o640 },
    ),
    out: ['p 640 pipe'],
    remarks: { device: 2 },
  },
  {
    row: 33,
    what: 'a fifo whose name is no UTF-8',
    layers: one({ name: 'p\xff', type: '6' }),
    out: ['p 644 p\xff'],
  },
  {
    row: 34,
    what: 'setuid, setgid and sticky',
    layers: one(f('a', 'a', { mode: 0o6755 }), d('t', { mode: 0o3777 })),
    out: ['f 755 a = a', 'd 1777 t'],
    remarks: { 'special-bits': 2 },
  },
  ...[1000, 4_294_967_295, Buffer.from('ffffffffffffffff', 'hex'), 99_999_999].map((uid, at) => ({
    row: 35,
    what: `an owner, ${at + 1}`,
    layers: one(f('a', 'a', { uid })),
    out: ['f 644 a = a'],
  })),
  {
    row: 36,
    what: 'extended attributes',
    layers: one(
      f('a', 'a', {
        pax: {
          'SCHILY.xattr.security.capability': 'x\0',
          'SCHILY.xattr.user.foo': 'b',
          'SCHILY.xattr.trusted.overlay.opaque': 'y',
        },
      }),
    ),
    out: ['f 644 a = a'],
    remarks: { attribute: 3 },
  },
  {
    row: 37,
    what: 'one path again and again',
    layers: one(f('a', '1'), d('a'), f('a/b'), l('a', 'x'), f('a', '2')),
    out: ['f 644 a = 2'],
  },
  {
    row: 38,
    what: 'a file that becomes a directory',
    layers: one(f('d1'), f('d1/x', 'x')),
    out: ['d 755 d1', 'f 644 d1/x = x'],
    remarks: { 'file-as-directory': 1 },
  },
  {
    row: 39,
    what: 'parents without entries',
    layers: one(f('a/b/c', 'c')),
    out: ['d 755 a', 'd 755 a/b', 'f 644 a/b/c = c'],
  },
  {
    row: 40,
    what: 'case and composition',
    layers: one(f('A', '1'), f('a', '2'), f('\xc3\xa9', '3'), f('e\xcc\x81', '4')),
    out: ['f 644 A = 1', 'f 644 a = 2', 'f 644 e\xcc\x81 = 4', 'f 644 \xc3\xa9 = 3'],
  },
  {
    row: 41,
    what: 'bytes that are no UTF-8',
    layers: one(
      f('n\xff', '1'),
      f('n\xfe', '2'),
      f('x', '3', { pax: { path: 'p\xff' } }),
      f('x', '4', { gnuName: 'p\xfe' }),
      l('l', 't\xff'),
      l('m', 'x', { pax: { linkpath: 't\xfe' } }),
    ),
    out: [
      'l l -> t\xff',
      'l m -> t\xfe',
      'f 644 n\xfe = 2',
      'f 644 n\xff = 1',
      'f 644 p\xfe = 4',
      'f 644 p\xff = 3',
    ],
  },
  {
    row: 42,
    what: 'odd names',
    layers: one(
      f('new\nline', '1'),
      f('\x1b[31m', '2'),
      f('x', '3', { gnuName: 'y'.repeat(255) }),
      f('a//b/./c', '4'),
      f('file/', '5', { type: '0' }),
      d('.'),
    ),
    out: [
      'f 644 \x1b[31m = 2',
      'd 755 a',
      'd 755 a/b',
      'f 644 a/b/c = 4',
      'f 644 file = 5',
      'f 644 new\nline = 1',
      `f 644 ${'y'.repeat(255)} = 3`,
    ],
  },
  {
    row: 42,
    what: 'a name of 256 bytes',
    layers: one(f('x', '', { gnuName: 'y'.repeat(256) })),
    out: /a name of more than 255 bytes/,
  },
  {
    row: 42,
    what: 'a path of 5,000 bytes',
    layers: one(f('x', '', { gnuName: `${'y'.repeat(99)}/`.repeat(50) })),
    out: /a path of more than 4095 bytes|ENAMETOOLONG/,
  },
  { row: 42, what: 'no name', layers: one(f('', 'x')), out: /an entry without a name/ },
  {
    row: 43,
    what: 'a NUL in a PAX path',
    layers: one(f('x', '', { pax: { path: 'a\0b' } })),
    out: /a PAX name with a NUL/,
  },
  {
    row: 43,
    what: 'a PAX path upwards',
    layers: one(f('x', 'x', { pax: { path: '../../y' } })),
    out: ['f 644 y = x'],
    remarks: { 'upward-name': 1 },
  },
  {
    row: 43,
    what: 'a PAX size',
    layers: one(f('x', 'four', { size: 0, pax: { size: '4' } }), f('y')),
    out: ['f 644 x = four', 'f 644 y = y'],
  },
  ...['0 path=x\n', 'a path=x\n', '99 path=x\n', '3 \n', '9 path=xx'].map(text => ({
    row: 43,
    what: `the PAX record ${JSON.stringify(text)}`,
    layers: one(f('x', '', { pax: Buffer.from(text) })),
    out: /a PAX record/,
  })),
  {
    row: 43,
    what: 'a global PAX header',
    layers: one({ name: 'g', type: 'g', content: paxBytes({ path: 'evil' }) }, f('x')),
    out: ['f 644 x = x'],
  },
  {
    row: 44,
    what: 'a long name of 5 GB',
    layers: one({ name: 'L', type: 'L', size: 5_000_000_000 }),
    out: /above 1 MiB/,
  },
  {
    row: 44,
    what: '1,000 headers before an entry',
    layers: one(
      ...Array.from({ length: 1000 }, () => ({ name: 'x', type: 'x', content: paxBytes({ a: 'b' }) })),
    ),
    out: /too many headers/,
  },
  {
    row: 44,
    what: 'a header and the end',
    layers: one({ name: 'x', type: 'x', content: paxBytes({ a: 'b' }) }),
    out: /does not come/,
  },
  ...['0,2,1,2', '4,2,0,2', '0,2,30,2', '0,2'].map(map => ({
    row: 45,
    what: `the map of holes ${map}`,
    layers: one(
      f('s', 'data', { pax: { 'GNU.sparse.map': map, 'GNU.sparse.size': '20', 'GNU.sparse.name': 's' } }),
    ),
    out: /map is wrong/,
  })),
  {
    row: 45,
    what: 'a good map of holes',
    layers: one(
      f('s', 'data', {
        pax: { 'GNU.sparse.map': '2,2,8,2', 'GNU.sparse.size': '12', 'GNU.sparse.name': 't' },
      }),
    ),
    out: ['f 644 t = \0\0da\0\0\0\0ta\0\0'],
  },
  { row: 45, what: 'GNU’s old form', layers: one({ name: 's', type: 'S' }), out: /sparse/ },
  { row: 46, what: 'a link to nothing', layers: one(l('a', '')), out: /a link that leads nowhere/ },
  {
    row: 46,
    what: 'a link of 5,000 bytes',
    layers: one(l('a', '', { gnuLink: 'x'.repeat(5000) })),
    out: /a link that no file system takes/,
  },
  { row: 46, what: 'a hard link to nothing', layers: one(h('a', '')), out: /a hard link that leads nowhere/ },
  {
    row: 47,
    what: 'types of files',
    layers: one(f('a', 'a', { type: '7' }), f('b', 'b', { type: '\0' })),
    out: ['f 644 a = a', 'f 644 b = b'],
  },
  ...['Q', 'V', 'M', 'D', '8'].map(type => ({
    row: 47,
    what: `type ${type}`,
    layers: one({ name: 'a', type }),
    out: new RegExp(`the type "${type}"`),
  })),
  { row: 48, what: 'a wrong checksum', layers: one(f('a', 'a', { checksum: 1 })), out: /a wrong checksum/ },
  { row: 48, what: 'v7', layers: one(f('a', 'a', { magic: '\0\0\0\0\0\0\0\0' })), out: ['f 644 a = a'] },
  {
    row: 49,
    what: 'an end inside a header',
    layers: () => [makeTar([f('a')]).subarray(0, 400)],
    out: /ends inside a header/,
  },
  {
    row: 49,
    what: 'an end inside a file',
    layers: () => [makeTar([f('a', 'x'.repeat(600))]).subarray(0, 1000)],
    out: /ends inside a file/,
  },
  {
    row: 49,
    what: 'an end in the padding',
    layers: () => [makeTar([f('a')]).subarray(0, 600)],
    out: ['f 644 a = a'],
  },
  {
    row: 50,
    what: 'junk behind the end',
    layers: () => [makeTar([f('a')], Buffer.concat([Buffer.alloc(1024), Buffer.from('junk')]))],
    out: ['f 644 a = a'],
  },
  {
    row: 51,
    what: 'an empty tar, and nothing',
    layers: () => [Buffer.alloc(1024), Buffer.alloc(0), [f('a')]],
    out: ['f 644 a = a'],
  },
  {
    row: 54,
    what: 'too many entries',
    layers: one(f('a'), f('b'), f('c')),
    limits: { entries: 2 },
    out: /more than 2 entries/,
  },
  {
    row: 54,
    what: 'too long names',
    layers: one(f('a', ''), f('b', '', { gnuName: 'b'.repeat(40) })),
    limits: { names: 40 },
    out: /more than 40 B of names and links/,
  },
  {
    row: 54,
    what: 'too long links',
    layers: one(l('a', 'x'.repeat(30)), h('b', 'x'.repeat(30))),
    limits: { names: 40 },
    out: /more than 40 B of names and links/,
  },
  {
    row: 54,
    what: 'one file of 1 TB',
    layers: one(
      f('s', '', {
        pax: { 'GNU.sparse.map': '0,0', 'GNU.sparse.size': '1000000000000', 'GNU.sparse.name': 's' },
      }),
    ),
    out: /more than 100 GB unpacked/,
  },
  {
    row: 54,
    what: 'a size of 1 TB',
    layers: one(f('s', '', { size: 1_000_000_000_000 })),
    out: /more than 100 GB unpacked/,
  },
  {
    row: 54,
    what: 'too many layers',
    layers: () => Array.from({ length: 4 }, () => Buffer.alloc(0)),
    limits: { layers: 3 },
    out: /more than 3 layers/,
  },
];
