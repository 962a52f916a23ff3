import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/program.ts';

/** `--dry-run` -> `dryRun`, `--no-home` -> `home`. */
const nameOf = (flags: string) =>
  /--(?:no-)?([a-z-]+)/.exec(flags)![1]!.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

test('CallOptions names the options that the commands declare, and no others', async () => {
  const declared = new Set<string>();
  for (const load of Object.values(COMMANDS))
    for (const { options } of await load()) for (const { flags } of options) declared.add(nameOf(flags));
  const text = readFileSync(new URL('../src/call.ts', import.meta.url), 'utf8');
  const rows = text.slice(0, text.indexOf('export interface Call {'));
  const typed = [...rows.matchAll(/readonly (\w+)\?: /g)].map(([, name]) => name);
  const ofTheProgram = ['color', 'input', 'quiet', 'verbose'];
  expect(typed.filter(name => !ofTheProgram.includes(name!)).sort()).toEqual(
    [...declared].filter(name => !ofTheProgram.includes(name)).sort(),
  );
});
