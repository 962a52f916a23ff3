import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { singularityRecord } from './image-files.ts';

// What install.sh put on this host is what the other host tests take it for.
const user = process.env.JCDS_TEST_USER ?? 'jcdstest';
const cache = process.env.JCDS_TEST_CACHE ?? '/var/cache/jcds-test';
const jinr = '/cvmfs/containers.jinr.ru';
const cern = '/cvmfs/unpacked.cern.ch';
const galaxy = '/cvmfs/singularity.galaxyproject.org/all';

interface Answer {
  readonly pid: number;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function privately(options: readonly string[], ...command: string[]): Answer {
  const { pid, status, stdout, stderr } = spawnSync(
    join(import.meta.dirname, 'private.sh'),
    [...options, ...command],
    {
      cwd: '/tmp',
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: '/root', SHELL: '/bin/sh' },
    },
  );
  return { pid, status, stdout, stderr };
}

const asRoot = (...command: string[]) => privately([], ...command);
const asUser = (...command: string[]) => privately(['--user', user], ...command);

describe('private.sh', () => {
  test('switches to the user, with the home and the environment of that user', () => {
    const { stdout } = asUser('sh', '-c', 'id -un; echo "$HOME $USER $LOGNAME"; env | grep -c ^JCDS_');
    expect(stdout).toBe(`${user}\n/home/${user} ${user} ${user}\n0\n`);
  });
  test('ends in exec and passes the exit code and a signal on', () => {
    expect(asUser('sh', '-c', 'exit 7').status).toBe(7);
    expect(asRoot('sh', '-c', 'kill -TERM $$').status).toBe(null);
    const { stdout, pid } = asUser('sh', '-c', 'echo $$');
    expect(stdout).toBe(`${pid}\n`);
  });
  test('leaves /cvmfs of everybody else alone, and binds what it is told to', () => {
    expect(asRoot('ls', '/cvmfs').stdout).toContain('containers.jinr.ru\n');
    expect(
      spawnSync('findmnt', ['--noheadings', '/cvmfs/containers.jinr.ru'], { encoding: 'utf8' }).stdout,
    ).toBe('');
    expect(privately(['--cvmfs', '/usr/share'], 'ls', '-d', '/cvmfs/keyrings').stdout).toBe(
      '/cvmfs/keyrings\n',
    );
  });
});

describe('the repositories', () => {
  const links: Record<string, RegExp> = {
    [`${jinr}/nica/docker-images/bmn:latest`]:
      /^\/cvmfs\/containers\.jinr\.ru\/\.images\/[0-9a-f]{2}\/[0-9a-f]{62}$/,
    [`${jinr}/nica/docker-images/bmn:index`]:
      /^\/cvmfs\/containers\.jinr\.ru\/\.images\/sha256:[0-9a-f]{2}\/[0-9a-f]{62}$/,
    [`${cern}/git.jinr.ru:5005/nica/docker-images/bmn:latest`]:
      /^\.\.\/\.\.\/\.\.\/\.flat\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/,
    [`${cern}/registry.hub.docker.com/library/debian:12`]:
      /^\.\.\/\.\.\/\.flat\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/,
    [`${cern}/registry.hub.docker.com/library/multi:1`]:
      /^\.\.\/\.\.\/\.multiarch\/amd64\/registry\.hub\.docker\.com\/library\/multi:1$/,
    [`${cern}/.multiarch/aarch64`]: /^arm64:v8$/,
  };
  test.each(Object.entries(links))('%s is a link', (path, target) => {
    expect(asUser('readlink', path).stdout.trim()).toMatch(target);
    expect(asUser('test', '-d', path).status).toBe(0);
  });

  test('are read-only for root too, as squashfs is', () => {
    for (const repository of [jinr, cern, galaxy]) {
      const { status, stderr } = asRoot('touch', `${repository}/new`);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: `touch: cannot touch '${repository}/new': Read-only file system\n`,
      });
      expect(asRoot('stat', '-f', '-c', '%T', repository).stdout).toBe('squashfs\n');
    }
  });

  test('name the configuration digest of the image in CERN’s layout', () => {
    const layout = join(cache, 'images/oci/bmn');
    const blob = (digest: string) =>
      JSON.parse(readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8')) as {
        config: { digest: string };
      };
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    const { digest } = blob(index.manifests[0]!.digest).config;
    const place = asUser('realpath', `${cern}/git.jinr.ru:5005/nica/docker-images/bmn:latest`).stdout.trim();
    expect(`sha256:${place.split('/').pop()}`).toBe(digest);
  });

  const broken: Record<string, string> = {
    dangling: 'No such file or directory',
    loop: 'Too many levels of symbolic links',
    unreadable: 'Permission denied',
    file: 'Not a directory',
    empty: '',
    absolute: '',
    otherrepository: '',
    relative: '',
    samebeginning: '',
  };
  test.each(Object.entries(broken))('broken/%s:1 answers %j to the user', (name, message) => {
    const { stderr } = asUser('ls', `${jinr}/broken/${name}:1/`);
    expect(stderr.trim().split(': ').at(-1)).toBe(message);
  });
});

describe('Apptainer as the ordinary user', () => {
  const exec = (image: string, ...command: string[]) => asUser('apptainer', '-s', 'exec', image, ...command);
  const debian = /^PRETTY_NAME="Debian GNU\/Linux 12 \(bookworm\)"\n/;

  test.each([
    `${jinr}/nica/docker-images/bmn:latest`,
    `${jinr}/nica/docker-images/bmn:index`,
    `${jinr}/library/debian:12`,
    `${jinr}/library/plain:12`,
    `${jinr}/library/mtab:12`,
    `${cern}/registry.hub.docker.com/library/debian:12`,
    `${cern}/registry.hub.docker.com/library/plain:12`,
    `${cern}/git.jinr.ru:5005/nica/docker-images/bmn:latest`,
  ])('%s is a real Debian', image => {
    const { status, stdout, stderr } = exec(image, 'cat', '/etc/os-release');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(debian);
  });

  test('runs the entrypoint and CMD of the docker image', () => {
    const { stdout } = asUser('apptainer', '-s', 'run', `${jinr}/nica/docker-images/bmn:latest`);
    expect(stdout).toBe('ENTRY args: echo hello world\nhello world\n');
    expect(exec(`${jinr}/nica/docker-images/bmn:latest`, 'bmn').stdout).toBe('bmn 1.0\n');
  });

  test.each([`${galaxy}/small:1.0--h1a2b3c4_0`, `${galaxy}/squash:1.0--0`])('runs the file %s', image => {
    expect(exec(image, 'sh', '-c', 'echo "SMALL=$SMALL"')).toMatchObject({
      status: 0,
      stdout: 'SMALL=yes\n',
      stderr: '',
    });
  });

  test('runs an image without any mount point, and one without a shell', () => {
    expect(exec(`${jinr}/library/bare:1`, 'ls', '/bin/sh').stdout).toBe('/bin/sh\n');
    expect(asUser('ls', '-A', `${jinr}/library/bare:1/`, `${jinr}/library/bare:1/etc`).stdout).toBe(
      `${jinr}/library/bare:1/:\nbin\netc\n\n${jinr}/library/bare:1/etc:\n`,
    );
    expect(asUser('ls', `${jinr}/library/noshell:1/bin`).stdout).toBe('cat\n');
    expect(asUser('apptainer', '-s', 'run', `${jinr}/library/noshell:1`).stdout).toMatch(/^root:x:0:0:/);
  });

  test('drops the whole ENV file of the perverse image, and says so only between the lines', () => {
    const { status, stdout, stderr } = exec(`${jinr}/library/perverse:1`, 'env');
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/^(SPACES|UTF8|ODD)=/m);
    expect(stderr).toMatch(/10-docker2singularity\.sh:\d+:\d+: reached EOF without closing quote/);
    expect(exec(`${jinr}/library/hard:1`, 'env').stdout).toMatch(/^UTF8=Дубна$/m);
  });

  test('refuses another architecture, and what the user may not read', () => {
    expect(asUser('apptainer', 'exec', `${jinr}/library/arm64:1`, 'cat').stderr).toContain(
      "image targets 'arm64', cannot run on 'amd64'",
    );
    expect(asUser('apptainer', 'exec', `${jinr}/broken/unreadable:1`, 'cat').stderr).toContain(
      'is not readable by the current user',
    );
  });

  test('finds links of the image in the image, and its false tools', () => {
    expect(exec(`${jinr}/library/abslinks:1`, 'imagetool').stdout).toBe('the tool of the image\n');
    expect(exec(`${jinr}/library/abslinks:1`, 'hostonly').status).toBe(255);
    expect(asUser('sh', '-c', `test -x ${jinr}/library/abslinks:1/usr/bin/hostonly`).status).toBe(0);
    for (const tool of ['setpriv', 'umount', 'env', 'mount', 'pivot_root'])
      expect(exec(`${jinr}/library/falsetools:1`, tool, '--help')).toMatchObject({
        status: 0,
        stdout: `FALSE TOOL ${tool} of the image was run\n`,
        stderr: '',
      });
  });
});

describe('the imitated record of tree.ts is what Apptainer really writes', () => {
  const hard = {
    PATH: '/usr/bin:/bin',
    SPACES: '  two  ',
    DOLLAR: 'a$HOME "q" \\ z',
    COMMAND: '$(echo ran)',
    EMPTY: '',
    UTF8: 'Дубна',
    EQUALS: 'a=b=c',
    STAR: '*',
    HASH: '#x',
    LINES: 'one\ntwo',
  };
  const real = (image: string, file: string) =>
    asRoot('cat', `${jinr}/${image}/.singularity.d/${file}`).stdout;
  const environment = 'env/10-docker2singularity.sh';
  const imitated = (record: Parameters<typeof singularityRecord>[0], file: string) => {
    const entry = singularityRecord(record)[`.singularity.d/${file}`];
    return typeof entry === 'object' && 'program' in entry ? entry.program : entry;
  };

  test('environment', () => {
    expect(real('library/hard:1', environment)).toBe(imitated({ from: 'hard:1', env: hard }, environment));
    const perverse = { ...hard, ODD: "it's a `tick" };
    expect(real('library/perverse:1', environment).split('\n').at(-2)).toBe(
      String(imitated({ from: 'perverse:1', env: perverse }, environment))
        .split('\n')
        .at(-2),
    );
  });
  test('entrypoint, command and origin', () => {
    const record = {
      from: 'git.jinr.ru:5005/nica/docker-images/bmn:latest',
      entrypoint: ['/opt/app/entry.sh'],
      cmd: ['echo', 'hello world'],
    };
    const firstLines = real('nica/docker-images/bmn:latest', 'runscript').split('\n').slice(0, 3);
    expect([...firstLines, ''].join('\n')).toBe(imitated(record, 'runscript'));
    expect(real('nica/docker-images/bmn:latest', 'Singularity')).toBe(imitated(record, 'Singularity'));
    expect(JSON.parse(real('nica/docker-images/bmn:latest', 'labels.json'))).toMatchObject(
      JSON.parse(String(imitated(record, 'labels.json'))),
    );
  });
});

test.each([22, 24, 26])('Node %i is beside the Node that is here, for everybody', major => {
  expect(asUser(join(cache, 'nodes', String(major)), '--version').stdout).toMatch(
    new RegExp(`^v${major}\\.`),
  );
});

test('the scripts are free of what shellcheck finds', () => {
  const scripts = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.sh'),
  );
  const { stdout } = spawnSync('shellcheck', scripts, { cwd: import.meta.dirname, encoding: 'utf8' });
  expect(stdout).toBe('');
});
