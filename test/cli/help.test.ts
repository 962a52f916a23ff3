import { existsSync, readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { declarations } from '../../src/program.ts';
import { APPTAINER, builtFrom, Setting } from './setting.ts';

// `jcds help COMMAND …` shows help and nothing else: nothing is started, asked for, removed or written.
const setting = new Setting();
afterAll(() => setting.remove());
setting.publish({ 'library/small:1': builtFrom('small') });
setting.install('apptainer', `touch "$HOME/acted"\n${APPTAINER}`);

const commands = (await declarations())
  .map(({ group, name }) => (group === undefined ? [name] : [group, name]))
  .filter(([name]) => name !== 'help');

test.each(commands.map(words => [words.join(' '), words] as const))('jcds help %s', (_name, words) => {
  const alone = setting.jcds([...words, '--help']);
  expect(alone).toMatchObject({ code: 0, stderr: '' });
  for (const more of [[], ['library/small:1', 'ls'], ['--yes'], ['--', 'library/small:1'], ['--json', 'x']])
    expect(setting.jcds(['help', ...words, ...more])).toEqual(alone);
  expect(existsSync(`${setting.home}/acted`)).toBe(false);
  expect(readdirSync(setting.home)).toEqual(['work']);
});

test.each([[[]], [['help']], [['--version']], [['--']]])('jcds help %j is the help of jcds', words => {
  expect(setting.jcds(['help', ...words])).toEqual(setting.jcds(['--help']));
});
