import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageView } from '../../src/rootfs/image-view.ts';
import { plant, temporaryDirectory } from './tree-on-disk.ts';

const image = plant(temporaryDirectory(), {
  'usr/bin/dash': { program: 'x' },
  'usr/bin/sh': { link: 'dash' },
  bin: { link: 'usr/bin' },
  'usr/bin/absolute': { link: '/usr/bin/dash' },
  'usr/bin/climber': { link: '../../../../../../../../usr/bin/dash' },
  'usr/bin/dangling': { link: '/nowhere/x' },
  'usr/bin/loop': { link: 'loop' },
  'usr/bin/ping': { link: 'pong' },
  'usr/bin/pong': { link: 'ping' },
  'etc/mtab': { link: '../proc/mounts' },
  'opt/tools': { link: '/usr/../bin/.' },
  'etc/host': { link: '/etc/hostname' },
});

test.each([
  ['/bin/sh', 'found /usr/bin/dash'],
  ['/bin/absolute', 'found /usr/bin/dash'],
  ['/usr/bin/climber', 'found /usr/bin/dash'],
  ['/opt/tools/sh', 'found /usr/bin/dash'],
  ['/../..//./bin/sh', 'found /usr/bin/dash'],
  ['/', 'found /'],
  ['/bin', 'found /usr/bin'],
  ['/bin/dangling', 'missing /nowhere'],
  ['/bin/nosuch', 'missing /usr/bin/nosuch'],
  ['/bin/sh/below', 'missing /usr/bin/dash/below'],
  ['/bin/loop', 'loop /usr/bin/loop'],
  ['/bin/ping', 'loop /usr/bin/pong'],
  ['/etc/mtab', 'missing /proc'],
  // On this host /etc/hostname exists; in the image it does not.
  ['/etc/host', 'missing /etc/hostname'],
  [`/${'x'.repeat(300)}`, `missing /${'x'.repeat(300)}`],
])('%s is %s', (path, expected) => {
  const { state, path: end } = imageView(image).resolve(path);
  expect(`${state} /${end.join('/')}`).toBe(expected);
});

test('a tree below a bind is the host’s, its links the container’s', () => {
  const home = plant(temporaryDirectory(), {
    'prog.sh': { program: '#!/bin/sh\n' },
    tool: { link: '/usr/bin/dash' },
    outside: { link: '/prog.sh' },
  });
  const linked = join(temporaryDirectory(), 'home');
  plant(join(linked, '..'), { home: { link: home } });
  const tree = imageView(image, [{ source: linked, destination: '/data/home/' }]);
  const end = (path: string): string => {
    const walked = tree.resolve(path);
    return `${walked.state} ${tree.hostPath(`/${walked.path.join('/')}`)}`;
  };
  expect(end('/data')).toBe(`found ${image}/data`);
  expect(end('/data/home')).toBe(`found ${realpathSync(home)}`);
  expect(end('/data/home/prog.sh')).toBe(`found ${realpathSync(home)}/prog.sh`);
  expect(end('/data/home/tool')).toBe(`found ${image}/usr/bin/dash`);
  expect(end('/data/home/outside')).toBe(`missing ${image}/prog.sh`);
  expect(end('/data/homeless')).toBe(`missing ${image}/data/homeless`);
});
