import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// unshare's host programs go on after the root has changed: their loader, libmount and libc look for files by absolute paths,
// which are the image's then. Whatever of it would be code must not be loaded: it would run on the host, with all capabilities.
const host = new HostSetting();
const REPOSITORY = `tools-${process.pid}.jinr.ru`;
const repository = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs', REPOSITORY);
afterAll(() => {
  host.remove();
  rmSync(repository, { recursive: true, force: true });
});

/** What the publisher's code leaves behind where it runs: the working directory is two below the host's root then. */
const marks = join(host.setting.folder, 'marks');
const MARK = `../..${marks}/pwned`;
const SCRIPT = `#!/bin/sh\necho "$0" >>${MARK}\n`;
const CODE = `#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void go(void) { int f = open("${MARK}", O_WRONLY | O_CREAT, 0666); if (f >= 0) close(f); }
`;

beforeAll(() => {
  mkdirSync(marks);
  mkdirSync(join(host.setting.folder, 'shells'));
  symlinkSync('/bin/bash', join(host.setting.folder, 'shells/sh'));
  chmodSync(marks, 0o777);
  const source = join(host.setting.folder, 'code.c');
  writeFileSync(source, CODE);
  const code = join(host.setting.folder, 'code.so');
  execFileSync('cc', ['-shared', '-fPIC', '-o', code, source]);
  const library = readFileSync(code);
  const images: Record<string, Record<string, string | Buffer>> = {
    preload: { 'code.so': library, 'etc/ld.so.preload': '/code.so\n' },
    'preload-link': { 'code.so': library, list: '/code.so\n' },
    helper: { 'usr/sbin/umount.tmpfs': SCRIPT, 'sbin/umount.tmpfs': SCRIPT },
    tools: { 'usr/bin/rm': SCRIPT, 'bin/rm': SCRIPT, 'sbin/umount.tmpfs': '#!/bin/sh\nexit 1\n' },
    names: {
      'etc/nsswitch.conf': 'passwd: evil files\n',
      ...Object.fromEntries(
        ['lib', 'usr/lib', 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'lib64'].map(place => [
          `${place}/libnss_evil.so.2`,
          library,
        ]),
      ),
    },
    locale: {},
  };
  const made = makeOsgRepository(
    repository,
    Object.fromEntries(
      Object.keys(images).map(name => [
        `library/${name}:1`,
        { files: smallImage(singularityRecord({ from: `${name}:1`, env: { LC_ALL: 'en_US.UTF-8' } })) },
      ]),
    ),
  );
  for (const [name, files] of Object.entries(images))
    for (const [file, content] of Object.entries(files)) {
      const path = join(made[`library/${name}:1`]!, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content, { mode: 0o755 });
    }
  symlinkSync('../list', join(made['library/preload-link:1']!, 'etc/ld.so.preload'));
});
beforeEach(() => rmSync(join(marks, 'pwned'), { force: true }));

/** Another shell stands first on PATH as sh, as Red Hat's systems have it. */
const WITH_BASH = { PATH: `${join(host.setting.folder, 'shells')}:${process.env.PATH}` };

describe.each(host.people.map(person => ({ person, who: person.name })))('unshare for $who', ({ person }) => {
  const exec = (image: string, { withBash = false, env = {} as Record<string, string | undefined> } = {}) => {
    const ended = host.jcds(
      person,
      [
        'exec',
        '--runtime',
        'unshare',
        '--repository',
        REPOSITORY,
        '--no-home',
        `${image}:1`,
        '/bin/echo',
        'ran',
      ],
      { cwd: '/', env: { ...env, ...(withBash && WITH_BASH) } },
    );
    return { ...ended, ran: existsSync(join(marks, 'pwned')) };
  };

  test.each(['preload', 'preload-link'])('libraries that an image preloads: %s is refused by name', image => {
    expect(exec(image)).toEqual({
      code: 125,
      stdout: '',
      stderr:
        'jcds: unshare: the image has /etc/ld.so.preload, which would load its code into programs of this host\n' +
        'hint: jcds run --runtime apptainer (or bubblewrap)\n',
      ran: false,
    });
  });

  test.each([
    ['helper', false],
    ['tools', false],
    ['helper', true],
    ['names', true],
    ['locale', true],
  ])('%s of an image (bash as sh: %s) do nothing on the host', (image, withBash) => {
    const ordinary = { code: 0, stdout: 'ran\n', stderr: '', ran: false };
    expect(exec(image, { withBash })).toEqual(ordinary);
    // bash asks who the user is where nothing names a shell.
    expect(exec(image, { withBash, env: { SHELL: undefined } })).toEqual(ordinary);
    expect(exec(image, { withBash, env: { SHELL: '/bin/zsh' } })).toEqual(ordinary);
  });
});
