import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexText } from '../../src/completion/index-format.ts';
import { COPIES, NAMES } from './names.ts';
import { NewUser } from './new-user.ts';
import { SCRIPTS } from './table.ts';
import type { Terminal } from './terminal.ts';

let user: NewUser;
let terminal: Terminal;
beforeAll(() => {
  user = new NewUser('/bin/false');
  mkdirSync(user.index, { recursive: true, mode: 0o700 });
  writeFileSync(join(user.index, 'containers.jinr.ru.names'), indexText(NAMES));
  writeFileSync(join(user.index, 'copies'), indexText(COPIES, undefined, 'store'));
  mkdirSync(join(user.home, 'functions'));
  writeFileSync(join(user.home, 'functions/_jcds'), SCRIPTS['completions/_jcds']!);
  writeFileSync(
    join(user.home, '.zshrc'),
    'setopt warn_create_global warn_nested_var\nfpath=(~/functions $fpath)\nautoload -Uz compinit && compinit -i\n',
  );
  writeFileSync(join(user.home, 'a file'), '');
  terminal = user.open('/bin/zsh');
});
afterAll(() => {
  terminal.close();
  user.remove();
});

/** One command of every kind that a declaration can describe, at a zsh's prompt. */
test.each([
  ['jcds cache pr\t', 'cache|prune'],
  ['jcds cache ni\t', 'cache|nica/'],
  ['jcds cond\tmach\t', 'condor|machine-ad'],
  ['jcds condor submit nica/s\t1 ./a\t', 'condor|submit|nica/spd:1|./a file'],
  ['jcds help ex\t res\t', 'help|exit-codes|resolve'],
  ['jcds resolve nica/s\t1 library/d\t12.\t', 'resolve|nica/spd:1|library/debian:12.1'],
  ['jcds run -n --vol\tx', 'run|-n|--volx'],
  ['jcds run -nB ./fun\t x/y:1', 'run|-nB|./functions|x/y:1'],
  ['jcds run --gpu=no\tx/y:1', 'run|--gpu=none|x/y:1'],
  ['jcds run -- ni\t', 'run|--|nica/'],
  ['jcds run x/y:1 ./a\t --gpu n\t', 'run|x/y:1|./a file|--gpu|n'],
  ["jcds run 'git.jinr.ru:5005/ni\t'", 'run|git.jinr.ru:5005/nica/'],
  ['jcds run x.org/o\tc\t1', 'run|x.org/own/copy:1'],
  ['jcds run x.org/ni\t', 'run|x.org/nica/'],
  ['jcds run --repository nothing.example.org ni\t', 'run|--repository|nothing.example.org|ni'],
  ['jcds run -B /cvmfs/\tx', 'run|-B|/cvmfs/x'],
])('%j', async (keys, words) => {
  terminal.type(`${keys}\r`);
  expect(await terminal.see(/<\w[^\n]*\|>/)).toBe(`<${words}|>`);
  expect(terminal.output).not.toMatch(/created globally|not found|bad /);
});
