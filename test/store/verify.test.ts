import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';

// Changes of a copy, one of each kind, and what `store verify` says of them. The files are changed by the system's own calls.
const setting = new Setting();
const store = join(setting.home, '.local/share/jcds/store');
let root: string;
afterAll(() => setting.remove());

const BIG = 'x'.repeat(600_000);
beforeEach(() => {
  rmSync(store, { recursive: true, force: true });
  const map = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'holes' };
  const runs = `2\n0\n4\n1048576\n4\n`.padEnd(512, '\0');
  writeFileSync(
    join(setting.work, 'x.tar'),
    dockerArchive([
      { name: 'dir/', mode: 0o755 },
      { name: 'dir/n\xff', content: 'odd' },
      { name: 'big', content: BIG },
      { name: 'link', type: '2', link: 'big' },
      { name: 'second', type: '1', link: 'big' },
      { name: 'fifo', type: '6' },
      { name: 'closed', content: 'C', mode: 0 },
      { name: 'bits', content: 'S', mode: 0o4777 },
      { name: 'sparse', pax: { ...map, 'GNU.sparse.realsize': '1048580' }, content: `${runs}headtail` },
    ]),
  );
  expect(setting.jcds(['pull', 'docker-archive:x.tar', '--as', 'a/mine:1']).code).toBe(0);
  const [two = ''] = readdirSync(join(store, '.images'));
  const [rest = ''] = readdirSync(join(store, '.images', two));
  root = join(store, '.images', two, rest);
});

const verify = () => {
  const { code, stdout, stderr } = setting.jcds(['store', 'verify', '--json']);
  const { copies } = JSON.parse(stdout) as { copies: { state: string; differences: unknown[] }[] };
  expect(stderr).toBe('');
  return { code, ...copies[0]! };
};

test('a copy is as it was made, odd names, holes and links included', () => {
  expect(verify()).toMatchObject({ code: 0, state: 'same', differences: [] });
  const said = setting.jcds(['store', 'verify', 'a/mine:1']);
  expect(said).toEqual({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^docker\.io\/a\/mine:1: as it was made \(\d\d names\)\n$/),
  });
  expect(setting.jcds(['store', 'verify', 'a/other:1']).stderr).toContain('there is no local copy of');
});

test.each<[string, (root: string) => void, unknown[]]>([
  ['one byte', root => writeFileSync(join(root, 'big'), `${BIG.slice(1)}y`), ['big', 'second'].map(changed)],
  ['a length', root => truncateSync(join(root, 'holes'), 9), [changed('holes')]],
  ['a mode', root => chmodSync(join(root, 'closed'), 0o644), [changed('closed')]],
  ['a set-user-id bit', root => chmodSync(join(root, 'bits'), 0o4755), [changed('bits')]],
  [
    'a link',
    root => {
      rmSync(join(root, 'link'));
      symlinkSync('/etc/passwd', join(root, 'link'));
    },
    [changed('link')],
  ],
  [
    'a link in the place of a directory',
    root => {
      rmSync(join(root, 'dir'), { recursive: true });
      symlinkSync('/', join(root, 'dir'));
    },
    [changed('dir'), { kind: 'missing', path: 'dir/n\ufffd' }],
  ],
  ['what was added', root => mkdirSync(join(root, 'dir/new')), [{ kind: 'added', path: 'dir/new' }]],
  ['what is gone', root => rmSync(join(root, 'big')), [{ kind: 'missing', path: 'big' }]],
])('%s is told', (_what, change, differences) => {
  change(root);
  expect(verify()).toMatchObject({ code: 1, state: 'different', differences });
  expect(setting.jcds(['store', 'verify']).stdout).toMatch(/^ {2}(?:changed|missing|added): "/m);
});

test.each(['removed', 'cut short', 'a pipe'])('of a copy whose record is %s nothing is said', how => {
  const listings = join(store, '.jcds/listings');
  const listing = join(listings, readdirSync(listings)[0]!);
  if (how === 'cut short') truncateSync(listing, 100);
  else rmSync(listing);
  if (how === 'a pipe') setting.run(['mkfifo', listing]);
  expect(verify()).toMatchObject({ code: 1, state: 'unrecorded', differences: null });
  expect(setting.jcds(['pull', '--again', 'docker-archive:x.tar', '--as', 'a/mine:1']).code).toBe(0);
  expect(verify()).toMatchObject({ code: 0, state: 'same' });
});

function changed(path: string) {
  return { kind: 'changed', path };
}
