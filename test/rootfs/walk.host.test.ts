import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageView } from '../../src/rootfs/image-view.ts';
import { plant, temporaryDirectory } from './tree-on-disk.ts';

/** Changes into a directory below a root as the kernel does (needs root for chroot), and says where that is. */
const KERNEL = `while (@ARGV) { my ($root, $path) = splice(@ARGV, 0, 2); my $pid = open(my $child, '-|') // die;
  if ($pid == 0) { chroot($root) && chdir('/') or die; print chdir($path) ? POSIX::getcwd() : 'none'; exit }
  print <$child>, "\\n" }`;

test('whatever the links say, a walk ends where the kernel ends inside the root, and never outside', () => {
  const name = fc.constantFrom('a', 'b', 'c', '.', '..');
  const target = fc
    .tuple(fc.boolean(), fc.array(name, { minLength: 1, maxLength: 5 }))
    .map(([absolute, names]) => (absolute ? '/' : '') + names.join('/'));
  const cases = fc
    .sample(fc.tuple(fc.array(target, { minLength: 3, maxLength: 6 }), fc.array(name, { maxLength: 5 })), {
      numRuns: 300,
      seed: 20261122,
    })
    .map(([targets, names]) => {
      const places = ['a/a', 'a/b', 'b/a', 'c', 'b/c', 'a/c'];
      const links = Object.fromEntries(targets.map((link, index) => [places[index]!, { link }]));
      return {
        root: plant(temporaryDirectory(), { a: null, b: null, ...links }),
        path: `/${names.join('/')}`,
      };
    });
  const kernel = execFileSync(
    'perl',
    ['-MPOSIX', '-e', KERNEL, ...cases.flatMap(({ root, path }) => [root, path])],
    {
      encoding: 'utf8',
    },
  );
  const walked = cases.map(({ root, path }) => {
    const { state, path: end } = imageView(root).resolve(path);
    return state === 'found' ? `/${end.join('/')}` : 'none';
  });
  expect(walked).toEqual(kernel.trimEnd().split('\n'));
  expect(new Set(walked).size).toBeGreaterThan(3);
});
