import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLOCK, indexText } from '../../src/completion/index-format.ts';
import { NAMES } from './names.ts';
import { NewUser } from './new-user.ts';
import { ROOT } from './table.ts';
import type { Terminal } from './terminal.ts';

// The ways in which people type a name, at the prompt of a real shell: with its transport, with its registry, in quotes that
// are still open; and files where a file can be shown.

const OSG = ['first.last/tgr/img:latest', 'fir/tree:1', 'only.one/x:1'];
const script = (name: string) => readFileSync(join(ROOT, 'completions', name), 'utf8');

/** What is typed (the same in every shell), and the words that the command line then has. */
const LINES: readonly (readonly [keys: string, words: string])[] = [
  ['jcds run docker://ni\t', 'run|docker://nica/'],
  ['jcds run docker://nica/s\t1', 'run|docker://nica/spd:1'],
  ['jcds run docker://git.jinr.ru:5005/ni\t', 'run|docker://git.jinr.ru:5005/nica/'],
  ["jcds run 'nica/docker-images/bmn:la\t", 'run|nica/docker-images/bmn:latest'],
  ['jcds run "nica/docker-images/bmn:la\t', 'run|nica/docker-images/bmn:latest'],
  [
    "jcds run 'git.jinr.ru:5005/nica/docker-images/bmn:la\t",
    'run|git.jinr.ru:5005/nica/docker-images/bmn:latest',
  ],
  ["jcds run 'docker://nica/docker-images/bmn:la\t", 'run|docker://nica/docker-images/bmn:latest'],
  ['jcds run only\t\t\t', 'run|only.one/x:1'],
  ['jcds run first.\t\t\t\t', 'run|first.last/tgr/img:latest'],
  ['jcds run containers.ligo.org/only\t\t\t', 'run|containers.ligo.org/only.one/x:1'],
  ['jcds run containers.ligo.org/first.\t\t\t\t', 'run|containers.ligo.org/first.last/tgr/img:latest'],
  ['jcds run --bind ./sett\tx/y:1', 'run|--bind|./settings|x/y:1'],
  ['jcds run -B ./sub\tsett\tx/y:1', 'run|-B|./subdirectory/settings|x/y:1'],
];

/** bash closes the quote behind what it has completed, also where the name goes on; the others leave it open. */
const OPEN_QUOTE: Readonly<Record<string, readonly (readonly [keys: string, words: string])[]>> = {
  bash: [
    ["jcds run 'ni\t\t", 'run|nica/'],
    ["jcds run 'ni\tspd:1", 'run|nica/spd:1'],
    ["jcds run 'library/deb\t\t", 'run|library/debian:12'],
    ["jcds run 'git.jinr.ru:5005/ni\t\t", 'run|git.jinr.ru:5005/nica/docker-images/'],
  ],
  zsh: [
    ["jcds run 'ni\tspd:1'", 'run|nica/spd:1'],
    ["jcds run 'git.jinr.ru:5005/ni\t'", 'run|git.jinr.ru:5005/nica/'],
  ],
  fish: [
    ["jcds run 'ni\tspd:1'", 'run|nica/spd:1'],
    ["jcds run 'git.jinr.ru:5005/ni\t'", 'run|git.jinr.ru:5005/nica/'],
    ['jcds run "library/deb\t12"', 'run|library/debian:12'],
  ],
};

describe.each(['bash', 'zsh', 'fish'])('%s', shell => {
  let user: NewUser;
  let terminal: Terminal;
  beforeAll(() => {
    user = new NewUser('/bin/false');
    mkdirSync(user.index, { recursive: true, mode: 0o700 });
    writeFileSync(join(user.index, 'containers.jinr.ru.names'), indexText(NAMES));
    writeFileSync(
      join(user.index, 'singularity.opensciencegrid.org.names'),
      indexText([...OSG].sort(), BLOCK, 'osg'),
    );
    for (const name of ['functions', '.config/fish/completions', 'subdirectory'])
      mkdirSync(join(user.home, name), { recursive: true });
    writeFileSync(join(user.home, 'functions/_jcds'), script('_jcds'));
    writeFileSync(
      join(user.home, '.zshrc'),
      'PS1="> "\nfpath=(~/functions $fpath)\nautoload -Uz compinit && compinit -i\n',
    );
    writeFileSync(join(user.home, '.bashrc'), `PS1="> "\n${script('jcds.bash')}`);
    writeFileSync(join(user.home, '.config/fish/completions/jcds.fish'), script('jcds.fish'));
    for (const name of ['settings', 'subdirectory/settings']) writeFileSync(join(user.home, name), '');
    terminal = user.open(`/usr/bin/${shell}`);
  });
  afterAll(() => {
    terminal.close();
    user.remove();
  });

  test.each([...LINES, ...OPEN_QUOTE[shell]!])('%j', async (keys, words) => {
    terminal.type(`${keys}\r`);
    expect(await terminal.see(/<\w[^\n]*\|>/)).toBe(`<${words}|>`);
  });

  if (shell === 'bash')
    test('a second TAB in an open quote shows what there is, and leaves the line as it was', async () => {
      terminal.type("jcds run 'nica/docker-images/bmn:\t\t");
      await terminal.see(/24\.12\s.*latest/);
      terminal.type("latest'\r");
      expect(await terminal.see(/<\w[^\n]*\|>/)).toBe('<run|nica/docker-images/bmn:latest|>');
    });
});
