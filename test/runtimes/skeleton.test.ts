import { describe, expect, test } from 'vitest';
import type { ImageFacts, RootEntry } from '../../src/rootfs/facts.ts';
import type { RunRequest } from '../../src/runtimes/runtime.ts';
import { type Bind, shownIn } from '../../src/runtimes/shown.ts';
import { listingsNeeded, type Skeleton, skeleton } from '../../src/runtimes/skeleton.ts';
import { aRequest, type RequestChanges, someFacts } from './requests.ts';

const bind = (source: string, destination: string, changes: Partial<Bind> = {}): Bind => ({
  source,
  destination,
  mode: 'rw',
  sourceKind: 'directory',
  origin: 'user',
  ...changes,
});

/** One line an operation, so that a whole root can be read. */
function lines({ root, mounts }: Pick<Skeleton, 'root' | 'mounts'>): string[] {
  return [
    ...root.map(operation => {
      if (operation.kind === 'link') return `link ${operation.at} -> ${operation.target}`;
      return operation.kind === 'entry' ? `entry ${operation.at}` : `${operation.kind} ${operation.at}`;
    }),
    ...mounts.map(operation => {
      if (operation.kind === 'bind') return `bind ${operation.source} ${operation.at} ${operation.mode}`;
      if (operation.kind === 'tmpfs') return `tmpfs ${operation.at} ${operation.mode}`;
      if (operation.kind === 'devices') return `devices ${operation.at} ${operation.all ? 'all' : 'few'}`;
      if (operation.kind === 'text') return `text ${operation.at} ${operation.text.split('\n').at(-2)}`;
      return `${operation.kind} ${operation.at}`;
    }),
  ];
}

const withDirectories = (directories: ImageFacts['directories'], changes: RequestChanges = {}) =>
  aRequest({
    image: { path: '/img', kind: 'directory', facts: someFacts({ directories }) },
    ...changes,
  });

const COMMON_MOUNTS = [
  'devices /dev all',
  'proc /proc',
  'sys /sys',
  'bind /tmp /tmp rw',
  'bind /var/tmp /var/tmp rw',
  'bind /home/alice /home/alice rw',
  'copy /etc/resolv.conf',
  'copy /etc/hosts',
  'text /etc/passwd alice:x:1000:1000::/home/alice:/bin/sh',
  'text /etc/group alice:x:1000:alice',
];
/** The root of the usual image with the usual request: only /home is opened, since the home directory is not in it. */
const COMMON_ROOT = [
  'entry /usr',
  'link /bin -> usr/bin',
  'entry /etc',
  'directory /home',
  'directory /home/alice',
  'entry /var',
  'directory /dev',
  'directory /proc',
  'directory /sys',
  'directory /tmp',
];

describe('the root of the job', () => {
  test('shows the image, opened only where a place is missing', () => {
    expect(lines(skeleton(aRequest()))).toEqual([...COMMON_ROOT, ...COMMON_MOUNTS]);
  });

  test('an image without anything gets every place made', () => {
    const request = withDirectories({ '/': [{ name: 'bin', kind: 'directory' }] });
    expect(lines(skeleton(request)).slice(0, 15)).toEqual([
      'entry /bin',
      'directory /dev',
      'directory /proc',
      'directory /sys',
      'directory /tmp',
      'directory /var',
      'directory /var/tmp',
      'directory /home',
      'directory /home/alice',
      'directory /etc',
      'file /etc/resolv.conf',
      'file /etc/hosts',
      'file /etc/passwd',
      'file /etc/group',
      'devices /dev all',
    ]);
  });

  test('contained: nothing of the host but what was bound', () => {
    const request = aRequest({ contain: true, home: { path: '/home/alice', source: null } });
    expect(lines(skeleton(request)).slice(COMMON_ROOT.length, -4)).toEqual([
      'devices /dev few',
      'proc /proc',
      'sys /sys',
      'tmpfs /tmp 1777',
      'tmpfs /var/tmp 1777',
      'tmpfs /home/alice 700',
    ]);
  });

  test.each<[string, Bind[], string[], string[]]>([
    ['a new place in the root', [bind('/data', '/data')], ['directory /data'], ['bind /data /data rw']],
    [
      'a new place deep down, and one below it',
      [bind('/data', '/new/deep'), bind('/more', '/new/deep/er', { mode: 'ro' })],
      ['directory /new', 'directory /new/deep'],
      ['bind /data /new/deep rw', 'bind /more /new/deep/er ro'],
    ],
    [
      'a file at a new place',
      [bind('/data/f', '/new/f', { sourceKind: 'file' })],
      ['directory /new', 'file /new/f'],
      ['bind /data/f /new/f rw'],
    ],
    ['a place of the image itself', [bind('/data', '/usr')], [], ['bind /data /usr rw']],
    ['through a link of the image', [bind('/data', '/bin/sub')], [], ['bind /data /usr/bin/sub rw']],
    [
      'below the home directory, where the host decides',
      [bind('/d', '/home/alice/d')],
      [],
      ['bind /d /home/alice/d rw'],
    ],
  ])('%s', (_, binds, made, mounted) => {
    const facts = someFacts();
    const directories = {
      ...facts.directories,
      '/usr': [{ name: 'bin', kind: 'directory' } satisfies RootEntry],
      '/usr/bin': [{ name: 'sub', kind: 'directory' } satisfies RootEntry],
    };
    const result = lines(skeleton(withDirectories(directories, { binds })));
    expect(result.filter(line => !COMMON_ROOT.includes(line) && !COMMON_MOUNTS.includes(line))).toEqual([
      ...(mounted[0]?.endsWith('/usr rw') ? ['directory /usr'] : []),
      ...made,
      ...mounted,
    ]);
  });

  test('a bind that comes once more over what has hidden it is mounted once, and last', () => {
    const binds = [bind('/data', '/home'), bind('/home/alice', '/home/alice')];
    const mounted = lines(skeleton(aRequest({ binds }))).filter(line => /bind .* \/home/.test(line));
    expect(mounted).toEqual(['bind /data /home rw', 'bind /home/alice /home/alice rw']);
  });

  test('opening a directory keeps what else is in it, and a link that leads out of the image stays in it', () => {
    const request = withDirectories(
      {
        '/': [
          { name: 'opt', kind: 'directory' },
          { name: 'data', kind: 'link', target: '../../../opt/./real/' },
        ],
        '/opt': [
          { name: 'real', kind: 'directory' },
          { name: 'tool', kind: 'file' },
          { name: 'socket', kind: 'other' },
        ],
        '/opt/real': [{ name: 'x', kind: 'file' }],
      },
      { binds: [bind('/d', '/data/y')] },
    );
    expect(lines(skeleton(request)).filter(line => /opt|data/.test(line))).toEqual([
      'directory /opt',
      'directory /opt/real',
      'entry /opt/real/x',
      'directory /opt/real/y',
      'entry /opt/tool',
      'link /data -> ../../../opt/./real/',
      'bind /d /opt/real/y rw',
    ]);
  });

  test('an absolute link below the root leads from the image’s root', () => {
    const directories = {
      '/': ['a', 'b'].map((name): RootEntry => ({ name, kind: 'directory' })),
      '/a': [{ name: 'link', kind: 'link', target: '/b' } satisfies RootEntry],
      '/b': [],
    };
    const result = lines(skeleton(withDirectories(directories, { binds: [bind('/d', '/a/link/new')] })));
    expect(result.filter(line => /^(?:entry|directory) \/[ab]|bind \/d/.test(line))).toEqual([
      'entry /a',
      'directory /b',
      'directory /b/new',
      'bind /d /b/new rw',
    ]);
  });

  test('where the image has a file and a directory is bound, the directory takes its place', () => {
    const request = aRequest({ binds: [bind('/d', '/etc/hosts')] });
    expect(lines(skeleton(request)).filter(line => line.includes('/etc/hosts'))).toContain(
      'directory /etc/hosts',
    );
  });

  test.each<[string, RootEntry[], string, string]>([
    [
      'a place below a file',
      [{ name: 'f', kind: 'file' }],
      '/f/x',
      'nothing can be shown at "/f/x" in this image: /f is no directory',
    ],
    [
      'links that lead in a circle',
      [
        { name: 'a', kind: 'link', target: 'b' },
        { name: 'b', kind: 'link', target: 'a' },
      ],
      '/a/x',
      'nothing can be shown at "/a/x" in this image: too many links',
    ],
    [
      'the root itself, by a link',
      [{ name: 'r', kind: 'link', target: '/' }],
      '/r',
      'nothing can be shown at "/" in this image: it is the root of the image',
    ],
  ])('%s is refused', (_, entries, destination, message) => {
    expect(() => skeleton(withDirectories({ '/': entries }, { binds: [bind('/d', destination)] }))).toThrow(
      message,
    );
  });

  const textsFor = (passwd: string | null, user: Partial<RunRequest['user']>) => {
    const facts = someFacts({ passwd, group: 'a:x:1000:\n' });
    const request = aRequest({
      image: { path: '/img', kind: 'directory', facts },
      user: { uid: 1000, gid: 1000, name: 'alice', groups: [], ...user },
    });
    return lines(skeleton(request)).filter(line => line.startsWith('text'));
  };

  test.each([
    ['a line for the user', null, 'alice:x:1000:1000::/home/alice:/bin/sh'],
    [
      'the image’s own line, with the home of the job',
      'node:x:1000:5:Node:/n:/bin/n',
      'node:x:1000:5:Node:/home/alice:/bin/n',
    ],
    ['one of two lines', 'a:x:1000:5:A:/a:/bin/a\nb:x:1000:6:B:/b:/bin/b', 'b:x:1000:6:B:/b:/bin/b'],
    ['a line of too few fields counts for nothing', 'x:x:1000:5', 'alice:x:1000:1000::/home/alice:/bin/sh'],
  ])('passwd has %s', (_, passwd, last) => {
    expect(textsFor(passwd, {})).toEqual([`text /etc/passwd ${last}`, 'text /etc/group alice:x:1000:alice']);
  });

  test('an account of the host: its group, its shell, the names of its groups; none can break a line', () => {
    const account = {
      ...{ name: 'alice', gid: 7, gecos: 'Alice', shell: '/bin/zsh' },
      groups: [
        { name: 'lab', gid: 7 },
        { name: 'evil:0\nroot', gid: 8 },
      ],
    };
    expect(textsFor(null, { account })).toEqual([
      'text /etc/passwd alice:x:1000:7:Alice:/home/alice:/bin/zsh',
      'text /etc/group user:x:8:alice',
    ]);
    expect(textsFor(null, { name: 'evil:0\nroot' })).toEqual([
      'text /etc/passwd user:x:1000:1000::/home/alice:/bin/sh',
      'text /etc/group user:x:1000:user',
    ]);
  });
});

test('a directory that a runtime has to find is made in the place of a link that leads to nothing, and of no other', () => {
  const directories = {
    '/': [
      { name: 'tmp', kind: 'link', target: '/scratch/tmp' },
      { name: 'run', kind: 'link', target: 'var' },
      { name: 'var', kind: 'directory' },
    ],
    '/var': [],
  } satisfies ImageFacts['directories'];
  const home = { kind: 'none', path: '/' } as const;
  const shown = shownIn({ home, cwd: '/', binds: [], contain: false, withoutTmp: true });
  const needs = { files: [], links: 'kept', directories: ['/tmp', '/run'] } as const;
  const made = lines(skeleton({ ...withDirectories(directories), shown }, undefined, needs));
  expect(made.filter(line => / \/(?:tmp|run)\b/.test(line))).toEqual(['link /run -> var', 'directory /tmp']);
});

describe('for a root that layers can be laid in', () => {
  const needs = { files: [], links: 'kept', layers: true } as const;
  const many = (count: number): RootEntry[] => [
    { name: 'sub', kind: 'directory' },
    ...Array.from({ length: count - 1 }, (_, i) => ({ name: `f${i}`, kind: 'file' as const })),
  ];
  const top = (...names: string[]): RootEntry[] => names.map(name => ({ name, kind: 'directory' }));
  const rootOf = (directories: ImageFacts['directories'], ...places: string[]) => {
    const request = withDirectories(directories, { binds: places.map(place => bind('/d', place)) });
    return lines(skeleton(request, undefined, needs)).filter(
      line => / \/(?:a|b|c)\b/.test(line) && !line.startsWith('bind'),
    );
  };

  test('a directory of very many entries is one, with what is made in it and below it', () => {
    const directories = { '/': top('a'), '/a': many(257), '/a/sub': many(257) };
    expect(rootOf(directories, '/a/new/deep', '/a/sub/new', '/a/f7')).toEqual([
      'layer /a',
      'directory /a/new',
      'directory /a/new/deep',
      'directory /a/sub',
      'directory /a/sub/new',
      'directory /a/f7',
    ]);
  });

  test('of few entries none is laid, unless there are many such directories', () => {
    const directories = { '/': top('a', 'b', 'c'), '/a': many(200), '/b': many(199), '/c': many(3) };
    const laid = (...places: string[]) =>
      rootOf(directories, ...places).filter(line => line.startsWith('layer'));
    expect(laid('/a/new', '/c/new')).toEqual([]);
    expect(laid('/a/new', '/b/new', '/c/new')).toEqual(['layer /a', 'layer /b']);
  });

  test('where it cannot be, every entry is named', () => {
    const request = withDirectories({ '/': top('a'), '/a': many(300) }, { binds: [bind('/d', '/a/new')] });
    expect(lines(skeleton(request)).filter(line => line.startsWith('entry /a/'))).toHaveLength(300);
  });
});

describe('for a root that can hold no links', () => {
  const needs = { files: ['/run/own'], links: 'followed' } as const;
  const TREE: ImageFacts['directories'] = {
    '/': [
      { name: 'usr', kind: 'directory' },
      { name: 'bin', kind: 'link', target: 'usr/bin' },
      { name: 'run.sh', kind: 'link', target: '/usr/lib/../start' },
      { name: 'dangling', kind: 'link', target: 'usr/nothing' },
      { name: 'out', kind: 'link', target: '../../../etc/shadow' },
      { name: 'all', kind: 'link', target: '/' },
      { name: 'round', kind: 'link', target: 'round' },
      { name: 'there', kind: 'link', target: 'home/alice' },
      { name: 'scratch', kind: 'link', target: 'tmp/x' },
      { name: 'words', kind: 'link', target: 'usr/words' },
      ...['etc', 'home', 'tmp'].map((name): RootEntry => ({ name, kind: 'directory' })),
    ],
    '/etc': [{ name: 'rc', kind: 'link', target: '../usr/bin' }],
    '/home': [],
    '/tmp': [{ name: 'x', kind: 'directory' }],
    '/usr': [
      { name: 'bin', kind: 'directory' },
      { name: 'lib', kind: 'directory' },
      { name: 'start', kind: 'file' },
      { name: 'words', kind: 'link', target: 'lib/words' },
    ],
    '/usr/lib': [{ name: 'words', kind: 'link', target: '/bin' }],
  };

  test('what links of the image lead to is shown in their place, and nothing else', () => {
    const { root } = skeleton(withDirectories(TREE), undefined, needs);
    const followed = root.flatMap(operation =>
      operation.kind === 'entry' && operation.from !== undefined
        ? [`${operation.at} shows the ${operation.of} ${operation.from}`]
        : [],
    );
    expect(followed).toEqual([
      '/bin shows the directory /usr/bin',
      '/run.sh shows the file /usr/start',
      '/words shows the directory /usr/bin',
      '/etc/rc shows the directory /usr/bin',
    ]);
    expect(root.filter(({ kind }) => kind === 'link')).toEqual([]);
    expect(root).toContainEqual({ kind: 'file', at: '/run/own' });
  });

  test('the listings that tell where links lead are asked for', () => {
    const known: Record<string, readonly RootEntry[]> = {};
    for (let needed: readonly string[]; ; ) {
      needed = listingsNeeded(withDirectories(known), needs);
      if (needed.length === 0) break;
      for (const path of needed) known[path] = TREE[path]!;
    }
    expect(Object.keys(known).sort()).toEqual(['/', '/etc', '/home', '/usr', '/usr/lib']);
  });
});

describe('which listings are still needed', () => {
  const TREE: Record<string, readonly RootEntry[]> = {
    '/': [
      { name: 'etc', kind: 'directory' },
      { name: 'home', kind: 'link', target: 'usr/home' },
      { name: 'usr', kind: 'directory' },
    ],
    '/etc': [],
    '/usr': [{ name: 'home', kind: 'directory' }],
    '/usr/home': [],
  };

  test('asked again and again, until the links are followed', () => {
    const known: Record<string, readonly RootEntry[]> = {};
    const asked: (readonly string[])[] = [];
    for (;;) {
      const needed = listingsNeeded(withDirectories(known));
      if (needed.length === 0) break;
      asked.push(needed);
      for (const path of needed) known[path] = TREE[path]!;
    }
    expect(asked).toEqual([['/'], ['/usr', '/etc'], ['/usr/home']]);
  });

  test('the usual image needs four', () => {
    expect(listingsNeeded(aRequest())).toEqual([]);
    expect(Object.keys(someFacts().directories)).toEqual(['/', '/etc', '/home', '/var']);
  });
});
