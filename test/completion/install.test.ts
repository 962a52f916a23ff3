import { chmodSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Account } from './command.ts';
import { ROOT } from './table.ts';

const BASH = '.local/share/bash-completion/completions/jcds';
const ZSH = '.local/share/zsh/site-functions/_jcds';
const FISH = '.local/share/fish/vendor_completions.d/jcds.fish';
const shipped = (name: string) => readFileSync(join(ROOT, 'completions', name), 'utf8');

/** Shells that answer as the real ones do. */
const LOADS =
  "echo hello from .bashrc; printf '\\njcds-answer\\ncomplete -F _comp_complete_load -D\\njcds-end\\n'";
const LOADS_NOTHING = "printf '\\njcds-answer\\njcds-end\\n'; exit 1";
const zsh = (compinit: 0 | 1, ...path: string[]) =>
  `printf '%s\\n' '' jcds-answer "$HOME" ${compinit} ${['/usr/share/zsh/functions', ...path].map(word => `"${word}"`).join(' ')} jcds-end`;

let account: Account;
beforeEach(() => {
  account = new Account();
});
afterEach(() => account.remove());

const block = (...lines: string[]) =>
  ['# >>> jcds completion >>>', ...lines, '# <<< jcds completion <<<', ''].join('\n');
const ZSH_LINES = [
  'if (( $+functions[compdef] )); then autoload -Uz _jcds && compdef _jcds jcds',
  'else autoload -Uz compinit && compinit -i; fi',
];

describe('install', () => {
  test('writes the three scripts of this version, byte for byte', async () => {
    account.program('bash', LOADS);
    account.program('zsh', zsh(1, '$HOME/.local/share/zsh/site-functions'));
    expect(await account.jcds('completion', 'install')).toEqual({
      code: 0,
      stdout: `bash: wrote ~/${BASH}
  a new bash finds it; this one does, too
zsh: wrote ~/${ZSH}
  a new zsh finds it; this one does after: exec zsh
fish: wrote ~/${FISH}
  a new fish finds it; this one does, too
`,
      stderr: '',
    });
    expect([BASH, ZSH, FISH].map(file => account.read(file))).toEqual(
      ['jcds.bash', '_jcds', 'jcds.fish'].map(shipped),
    );
    expect([account.read('.bashrc'), account.read('.zshrc')]).toEqual([null, null]);
  });

  test('tells the start-up file of a shell that is used and finds nothing by itself, once', async () => {
    account.environment.SHELL = '/usr/bin/zsh';
    account.write('.bashrc', 'PS1=x\n');
    account.program('bash', LOADS_NOTHING);
    account.program('zsh', zsh(0));
    const first = await account.jcds('completion', 'install', 'bash', 'zsh');
    expect(first.stdout).toBe(`bash: wrote ~/${BASH}
  added a block to ~/.bashrc, so a new bash finds it; this one does after: exec bash
zsh: wrote ~/${ZSH}
  added a block to ~/.zshrc, so a new zsh finds it; this one does after: exec zsh
`);
    const [bashrc, zshrc] = [account.read('.bashrc'), account.read('.zshrc')];
    const file = join(account.home, BASH);
    expect(bashrc).toBe(`PS1=x\n\n${block(`[ ! -r '${file}' ] || . '${file}'`)}`);
    expect(zshrc).toBe(
      block(`fpath=('${join(account.home, '.local/share/zsh/site-functions')}' $fpath)`, ...ZSH_LINES),
    );
    const second = await account.jcds('completion', 'install', 'bash', 'zsh');
    expect(second.stdout).toMatch(/~\/\.bashrc names it already\n[\s\S]*~\/\.zshrc names it already\n/);
    expect([account.read('.bashrc'), account.read('.zshrc')]).toEqual([bashrc, zshrc]);
  });

  test.each([
    ['a shell that nobody uses', zsh(1), [], ''],
    ['--no-startup-files', zsh(0), ['--no-startup-files'], ''],
    ['a shell that does not answer', 'exit 3', [], ' (it did not say whether it finds this)'],
    [
      'a shell that answers half',
      "printf '\\njcds-answer\\n/home\\njcds-end\\n'",
      [],
      ' (it did not say whether it finds this)',
    ],
  ])('prints the lines for %s, and changes no start-up file', async (_, script, words, why) => {
    if (words.length > 0) account.write('.zshrc', '# mine\n');
    account.program('zsh', script);
    const { code, stdout } = await account.jcds('completion', 'install', 'zsh', ...words);
    expect(stdout).toBe(`zsh: wrote ~/${ZSH}
  a new zsh finds it with these lines in ~/.zshrc${why}:
    fpath=('~/.local/share/zsh/site-functions' $fpath)
    ${ZSH_LINES.join('\n    ')}
`);
    expect([code, account.read('.zshrc')]).toEqual([0, words.length > 0 ? '# mine\n' : null]);
  });

  test('says that a shell is not there', async () => {
    const { stdout } = await account.jcds('completion', 'install', 'zsh');
    expect(stdout).toBe(`zsh: wrote ~/${ZSH}\n  there is no zsh on this host\n`);
  });

  test('switches completion on where zsh would find the file, but has no completion yet', async () => {
    account.environment.SHELL = '/usr/bin/zsh';
    account.program('zsh', zsh(0, '$HOME/.local/share/zsh/site-functions'));
    const { stdout } = await account.jcds('completion', 'install', 'zsh');
    expect(stdout).toContain('added a block to ~/.zshrc');
  });

  test('uses a directory for completion that zsh looks into already, and no plugin’s own', async () => {
    account.write('.oh-my-zsh/plugins/git/_git', '');
    account.write('.zfunctions/completions/_other', '');
    account.program('zsh', zsh(1, '$HOME/.oh-my-zsh/plugins/git', '$HOME/.zfunctions/completions'));
    const { stdout } = await account.jcds('completion', 'install', 'zsh');
    expect(stdout).toContain('zsh: wrote ~/.zfunctions/completions/_jcds\n  a new zsh finds it');
    await account.jcds('completion', 'uninstall');
    expect(account.read('.zfunctions/completions/_jcds')).toBeNull();
  });

  test('follows XDG_DATA_HOME and BASH_COMPLETION_USER_DIR', async () => {
    account.program('bash', LOADS);
    account.environment.XDG_DATA_HOME = join(account.home, 'data');
    expect((await account.jcds('completion', 'install', 'fish')).stdout).toContain(
      '~/data/fish/vendor_completions.d/',
    );
    expect((await account.jcds('completion', 'install', 'bash')).stdout).toContain(
      '~/data/bash-completion/completions/jcds',
    );
    account.environment.BASH_COMPLETION_USER_DIR = join(account.home, 'own');
    expect((await account.jcds('completion', 'install', 'bash')).stdout).toContain('~/own/completions/jcds');
  });

  test('leaves a file alone that somebody else has written, and says so by its code', async () => {
    account.write(FISH, 'complete -c jcds -a mine\n');
    const { code, stdout } = await account.jcds('completion', 'install', 'fish');
    expect([code, stdout]).toEqual([1, `fish: left ~/${FISH} alone: jcds has not written it\n`]);
    expect(account.read(FISH)).toBe('complete -c jcds -a mine\n');
  });

  test('goes on with the other shells where one cannot be written', async () => {
    account.program('bash', LOADS);
    account.write('.local/share/fish', 'a file');
    const { code, stdout } = await account.jcds('completion', 'install', 'fish', 'bash');
    expect(code).toBe(1);
    expect(stdout).toBe(`fish: ~/${FISH} could not be changed (ENOTDIR)
bash: wrote ~/${BASH}
  a new bash finds it; this one does, too
`);
  });

  test('keeps the link of a start-up file that lies in a repository of dot files', async () => {
    account.environment.SHELL = '/bin/zsh';
    chmodSync(account.write('dotfiles/zshrc', '# mine\n'), 0o600);
    symlinkSync('dotfiles/zshrc', join(account.home, '.zshrc'));
    account.program('zsh', zsh(0));
    await account.jcds('completion', 'install', 'zsh');
    expect(lstatSync(join(account.home, '.zshrc')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(account.home, 'dotfiles/zshrc')).mode & 0o777).toBe(0o600);
    expect(account.read('dotfiles/zshrc')).toContain('# mine\n\n# >>> jcds completion >>>');
  });

  test('a path with quotes and control characters is quoted in the script and cleaned in what is printed', async () => {
    account.environment.XDG_DATA_HOME = join(account.home, "it's\u001b[31m");
    account.program('bash', LOADS_NOTHING);
    const { stdout } = await account.jcds('completion', 'install', 'bash');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain("[ ! -r '~/it'\\''s?[31m/bash-completion/completions/jcds' ]");
  });

  test('an installation without its scripts says which files it misses', async () => {
    account.self = ['/bin/true', account.write('elsewhere/dist/jcds.cjs', '')];
    const { code, stderr } = await account.jcds('completion', 'install', 'fish');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'the completion scripts of this installation are not there: ~/elsewhere/completions/jcds.fish',
    );
  });

  test('knows three shells', async () => {
    expect(await account.jcds('completion', 'install', 'tcsh')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'jcds: there is no completion for "tcsh"\nhint: name one of bash, zsh, fish\n',
    });
  });
});

describe('uninstall', () => {
  test('removes the scripts, the blocks and the index, and nothing else', async () => {
    account.environment.SHELL = '/usr/bin/zsh';
    account.write('.bashrc', 'PS1=x\n');
    account.write('.cache/jcds/completion/containers.jinr.ru.names', '');
    account.write('.cache/jcds/images/1', '');
    account.program('bash', LOADS_NOTHING);
    account.program('zsh', zsh(0));
    await account.jcds('completion', 'install');
    expect(await account.jcds('completion', 'uninstall')).toEqual({
      code: 0,
      stdout: `bash: removed ~/${BASH}
  removed our block from ~/.bashrc
zsh: removed ~/${ZSH}
  removed our block from ~/.zshrc
fish: removed ~/${FISH}
`,
      stderr: '',
    });
    expect([account.read('.bashrc'), account.read('.zshrc')]).toEqual(['PS1=x\n', '']);
    expect(account.read('.cache/jcds/completion/containers.jinr.ru.names')).toBeNull();
    expect(account.read('.cache/jcds/images/1')).toBe('');
  });

  test('where nothing is, says so and is content', async () => {
    const { code, stdout } = await account.jcds('completion', 'uninstall', 'fish');
    expect([code, stdout]).toEqual([0, `fish: nothing to remove at ~/${FISH}\n`]);
    expect(account.read('.bashrc')).toBeNull();
  });

  test('leaves somebody else’s file alone', async () => {
    account.write(FISH, 'mine\n');
    const { stdout } = await account.jcds('completion', 'uninstall', 'fish');
    expect([stdout, account.read(FISH)]).toEqual([
      `fish: left ~/${FISH} alone: jcds has not written it\n`,
      'mine\n',
    ]);
  });
});
