import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { buildPackage, NewUser } from './new-user.ts';
import type { Terminal } from './terminal.ts';

const JINR = 'containers.jinr.ru';
const IMAGES = [
  'nica/docker-images/bmn:24.12',
  'nica/docker-images/bmn:latest',
  'nica/spd:1',
  'library/debian:12',
];
const folder = mkdtempSync(join(tmpdir(), 'jcds-completion-'));
let program = '';
let mount: HangableMount;

beforeAll(async () => {
  program = buildPackage(join(folder, 'package'));
  const images = Object.fromEntries(IMAGES.map(name => [name, { files: { 'etc/name': name } }]));
  makeOsgRepository(join(folder, 'contents', JINR), images);
  mount = await mountHangable(join(folder, 'cvmfs'), join(folder, 'contents'));
});
afterAll(async () => {
  await mount.close();
  rmSync(folder, { recursive: true, force: true });
});

let user: NewUser;
const terminals: Terminal[] = [];
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close();
  user.remove();
  await mount.resume();
});

function open(shell: string): Terminal {
  const terminal = user.open(shell);
  terminals.push(terminal);
  return terminal;
}

/** What is typed, and the words that the command line then has. */
const LINES: readonly (readonly [keys: string, words: string])[] = [
  ['jcds run ni\t', 'run|nica/'],
  ['jcds run nica/docker-images/bmn:la\t', 'run|nica/docker-images/bmn:latest'],
  ['jcds run li\td\t\t', 'run|library/debian:12'],
  [
    'jcds run git.jinr.ru:5005/nica/docker-images/bmn:24\t',
    'run|git.jinr.ru:5005/nica/docker-images/bmn:24.12',
  ],
  ['jcds ru\t--gpu nv\tnica/s\t', 'run|--gpu|nvidia|nica/spd:'],
  ['jcds run --gpu=nv\tnica/spd:\t', 'run|--gpu=nvidia|nica/spd:1'],
  ['jcds run --dry\tx/y:1', 'run|--dry-run|x/y:1'],
  ['jcds run --repository unp\tx/y:1', 'run|--repository|unpacked.cern.ch|x/y:1'],
  ['jcds run --runtime bub\tx/y:1', 'run|--runtime|bubblewrap|x/y:1'],
  ['jcds conf\tge\tenvP\t', 'config|get|envPolicy'],
  ['jcds run --env-file ./set\tx/y:1', 'run|--env-file|./settings|x/y:1'],
  ['jcds exec x/y:1 cat ./set\t', 'exec|x/y:1|cat|./settings'],
  ['jcds exec x/y:1 cat --gpu nv\t', 'exec|x/y:1|cat|--gpu|nv'],
  ['jcds exec x/y:1 --gp\t', 'exec|x/y:1|--gp'],
];

describe.each(['bash', 'zsh', 'fish'])('a new user of %s', shell => {
  test('gets completion of published names by one command, and TAB looks neither into CVMFS nor starts jcds', async () => {
    user = new NewUser(program, { JCDS_CVMFS_ROOT: mount.directory });
    const first = open(shell);
    const listed = user.names(JINR);
    first.type('jcds completion install\r');
    await first.see(new RegExp(`${shell}: wrote .*\\n.*a new ${shell} finds it`));
    await listed;
    await mount.stop();

    const second = open(shell);
    writeFileSync(join(user.home, 'settings'), '');
    // Whoever looked there would wait for ever.
    const place = `${mount.directory}/con`;
    const lines = [...LINES, [`jcds run -B ${place}\t x/y:1`, `run|-B|${place}|x/y:1`]] as const;
    for (const [keys, words] of lines) {
      second.type(`${keys}\r`);
      expect(await second.see(/<\w[^\n]*\|>/)).toBe(`<${words}|>`);
    }
    second.type('jcds run nica/docker-images/bmn:\t\t');
    await second.see(/24\.12\s+.*latest/);
    const ours = user.calls().filter(line => !line.startsWith('completion'));
    expect(ours).toEqual(lines.map(([, words]) => words.replaceAll('|', ' ')));
  });

  test('is rid of it by one command: every file is as before', async () => {
    user = new NewUser(program, { JCDS_CVMFS_ROOT: mount.directory });
    const before = user.read('.bashrc');
    writeFileSync(join(user.home, '.zshrc'), 'PS1="> "\n# no end of line');
    const terminal = open(shell);
    terminal.type('jcds completion install\r');
    await terminal.see(/fish: wrote/);
    terminal.type('jcds completion uninstall && echo "go""ne"\r');
    await terminal.see(/\ngone/);
    expect(user.read('.bashrc')).toBe(before);
    expect(user.read('.zshrc')).toBe('PS1="> "\n# no end of line');
    for (const file of [
      'bash-completion/completions/jcds',
      'zsh/site-functions/_jcds',
      'fish/vendor_completions.d/jcds.fish',
    ])
      expect(user.read(`.local/share/${file}`)).toBeNull();
  });
});

test('a new user of bash without bash-completion gets it, too', async () => {
  user = new NewUser(program, { JCDS_CVMFS_ROOT: mount.directory });
  writeFileSync(join(user.home, '.bashrc'), 'PS1="> "\n');
  const first = open('bash');
  const listed = user.names(JINR);
  first.type('jcds completion install bash\r');
  await first.see(/added a block to .*\.bashrc/);
  await listed;
  const second = open('bash');
  second.type('jcds run ni\tspd:\t\r');
  expect(await second.see(/<\w[^\n]*\|>/)).toBe('<run|nica/spd:1|>');
});

test('an index of hostile names runs nothing and prints nothing of them in any shell', async () => {
  user = new NewUser(program);
  mkdirSync(user.index, { recursive: true, mode: 0o700 });
  const names = [
    '$(touch ran)',
    '`touch ran`',
    'nica/$(touch ran):1',
    'nica/\u001b]0;title\u0007:1',
    'nica/*:1',
    "nica/a'b:1",
  ];
  const text = [...names, 'nica/sound:1', 'nica/sound:2'].join('\n');
  writeFileSync(join(user.index, `${JINR}.names`), `jcds-completion 1 8 1 9\n${text}\n`);
  writeFileSync(join(user.home, '.zshrc'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const terminal = open(shell);
    terminal.type('jcds completion install\r');
    await terminal.see(/fish: wrote/);
    const next = open(shell);
    next.type('jcds run n\ts\t2\r');
    expect(await next.see(/<\w[^\n]*\|>/)).toBe('<run|nica/sound:2|>');
    next.type('jcds run nica/\t\t1\r');
    expect(await next.see(/<\w[^\n]*\|>/)).toBe('<run|nica/sound:1|>');
    next.type('jcds run $(\t\t\u0015');
    next.type('echo en""ded\r');
    await next.see(/\nended/);
    expect(next.output).not.toMatch(/title|touch/);
    expect(user.read('ran')).toBeNull();
  }
});
