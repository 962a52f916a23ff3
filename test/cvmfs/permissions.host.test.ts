import { spawnSync } from 'node:child_process';
import { chmodSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { UnreadableImageError } from '../../src/cvmfs/publication.ts';
import type { UnreachableReason } from '../../src/cvmfs/unreachable.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { elf, plant, temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { bundled } from './look-setting.ts';

/** What an ordinary user may not see. Needs root, to become one. */
const NOBODY = 65534;
const R = 'containers.jinr.ru';
const root = realpathSync(temporaryDirectory());
let program: string;
let closedImage: string;

beforeAll(() => {
  const real = makeOsgRepository(join(root, R), {
    'library/closed:1': { files: { 'bin/sh': { program: elf() } } },
    'library/open:1': {
      files: {
        'bin/sh': { program: elf() },
        'bin/secret': { program: elf() },
        'sbin/x': { program: elf() },
        'etc/passwd': 'root:x:0:0::/:/bin/sh\n',
        '.singularity.d/runscript': `OCI_ENTRYPOINT=''\nOCI_CMD=''\n`,
      },
    },
    'private/hidden:1': { content: 'hsqs' },
    'library/file:1': { content: 'hsqs' },
  });
  closedImage = real['library/closed:1']!;
  const open = real['library/open:1']!;
  chmodSync(closedImage, 0o700);
  chmodSync(join(root, R, 'private'), 0o700);
  chmodSync(join(root, R, 'library/file:1'), 0o600);
  chmodSync(join(open, 'bin/secret'), 0o711);
  chmodSync(join(open, 'sbin'), 0o700);
  chmodSync(join(open, 'etc/passwd'), 0o600);
  plant(root, { 'closed.cern.ch/.images/x': 'x' });
  chmodSync(join(root, 'closed.cern.ch'), 0o700);
  const directory = temporaryDirectory();
  for (const place of [root, directory]) chmodSync(place, 0o755);
  program = bundled(
    `
    import { LOOK_WORD } from './cvmfs/ask-look.ts';
    import { runLookProgram } from './cvmfs/look-program.ts';
    import { findCommandInImage, findImage } from './cvmfs/look-at-image.ts';
    import { parseReference } from './image/reference.ts';
    const [word, root, repository, name] = process.argv.slice(2);
    const context = { self: [process.execPath, process.argv[1]!], environment: {}, home: '/nonexistent', uid: process.getuid!(), now: Date.now };
    const search = { root: root!, repositories: [{ name: repository!, layout: 'detect' as const, allowedLinkTargets: [] }], timeout: 20 };
    const ask = async () => {
      const found = await findImage({ kind: 'reference', reference: parseReference(name!), platform: null }, search, [], context);
      if (word === 'find' || found.publication.state !== 'published') return found;
      const command = { word: word!, searchPath: '/bin:/sbin', cwd: '/', mounts: [], architectures: ['amd64'] };
      return findCommandInImage(found.publication, command, 20, context);
    };
    if (word === LOOK_WORD) runLookProgram();
    else ask().then(answer => process.stdout.write(JSON.stringify(answer)));
  `,
    directory,
  );
});

function asNobody(word: string, repository: string, name: string): unknown {
  const run = spawnSync(process.execPath, [program, word, root, repository, name], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(run.stdout);
}

const denied = (place: string): UnreachableReason => ({
  code: 'DENIED',
  detail: `you may not look into ${place} (EACCES)`,
  hint: `ls -ld ${place}; ask the administrator of this host if it should be open to you`,
});

test.each<[string, string, string, () => string]>([
  ['the repository', 'closed.cern.ch', 'debian:12', () => join(root, 'closed.cern.ch')],
  ['the directory of the name', R, 'private/hidden:1', () => join(root, R, 'private/hidden:1')],
  ['the image file', R, 'file:1', () => join(root, R, 'library/file:1')],
])('%s is closed: nothing is said of the image', (_what, repository, name, place) => {
  expect(asNobody('find', repository, name)).toEqual({
    publication: { state: 'unreachable', repository, reason: denied(place()) },
    facts: null,
    unread: null,
  });
});

test('an image that is closed is published all the same, and it is said why it cannot be read', () => {
  expect(asNobody('find', R, 'closed:1')).toMatchObject({
    publication: { state: 'published', target: closedImage },
    facts: null,
    unread: denied(closedImage),
  });
  const { code, message, hint, exitCode } = new UnreadableImageError(
    { path: '/p', repository: R },
    denied('/q'),
  );
  expect({ code, message, hint, exitCode }).toEqual({
    code: 'IMAGE_UNREADABLE',
    message: '/p is published, but you may not look into /q (EACCES)',
    hint: `tell the people who run ${R}: its files must be readable by everyone`,
    exitCode: 1,
  });
});

test('parts of an image that may not be read count as absent; its programs need not be readable', () => {
  expect(asNobody('find', R, 'open:1')).toMatchObject({
    publication: { state: 'published' },
    facts: { passwd: null, hasShell: true },
  });
  expect(asNobody('secret', R, 'open:1')).toEqual({ command: { state: 'found', path: '/bin/secret' } });
  expect(asNobody('/bin/secret', R, 'open:1')).toEqual({ command: { state: 'found', path: '/bin/secret' } });
  expect(asNobody('x', R, 'open:1')).toEqual({
    command: { state: 'notExecutable', path: '/sbin/x', obstacle: { why: 'permission' } },
  });
  expect(asNobody('nosuch', R, 'open:1')).toMatchObject({
    command: { state: 'notExecutable', path: '/sbin/nosuch' },
  });
});
