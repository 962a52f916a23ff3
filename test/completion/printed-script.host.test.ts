import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexText } from '../../src/completion/index-format.ts';
import { NAMES } from './names.ts';
import { buildPackage, NewUser } from './new-user.ts';
import { ROOT } from './table.ts';

// `jcds completion SHELL` prints the script, as gh and kubectl do, and a start-up file can source it.

const folder = mkdtempSync(join(tmpdir(), 'jcds-printed-'));
let program = '';
beforeAll(() => {
  program = buildPackage(join(folder, 'package'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START_UP: Readonly<Record<string, readonly [file: string, text: string]>> = {
  bash: ['.bashrc', 'PS1="> "\nsource <(jcds completion bash)\n'],
  zsh: ['.zshrc', 'PS1="> "\nautoload -Uz compinit && compinit -i\nsource <(jcds completion zsh)\n'],
  fish: ['.config/fish/config.fish', 'jcds completion fish | source\n'],
};
const FILES: Readonly<Record<string, string>> = { bash: 'jcds.bash', zsh: '_jcds', fish: 'jcds.fish' };

describe.each(Object.entries(START_UP))('%s', (shell, [file, text]) => {
  test('what is printed is the script of this version, byte for byte', () => {
    const { status, stdout, stderr } = spawnSync(program, ['completion', shell], { encoding: 'utf8' });
    const shipped = readFileSync(join(ROOT, 'completions', FILES[shell]!), 'utf8');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: shipped, stderr: '' });
  });

  test('a start-up file can source it', async () => {
    const user = new NewUser(program);
    mkdirSync(user.index, { recursive: true, mode: 0o700 });
    writeFileSync(join(user.index, 'containers.jinr.ru.names'), indexText(NAMES));
    mkdirSync(join(user.home, '.config/fish'), { recursive: true });
    writeFileSync(join(user.home, file), text);
    const terminal = user.open(`/usr/bin/${shell}`);
    try {
      terminal.type('jcds ru\tnica/docker-images/bmn:la\t\r');
      expect(await terminal.see(/<\w[^\n]*\|>/)).toBe('<run|nica/docker-images/bmn:latest|>');
    } finally {
      terminal.close();
      user.remove();
    }
  });
});
