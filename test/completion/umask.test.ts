import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { ROOT } from './table.ts';

const setting = new Setting();
cpSync(join(ROOT, 'completions'), join(setting.folder, 'jcds/completions'), { recursive: true });
afterAll(() => setting.remove());

test('with umask 000 nobody else may replace the scripts that shells run', () => {
  expect(setting.sh('umask 000; "$jcds" completion install --no-startup-files').code).toBe(0);
  const local = join(setting.home, '.local');
  const made = readdirSync(local, { recursive: true, encoding: 'utf8' });
  expect(made).toContain('share/bash-completion/completions/jcds');
  const open = ['.', ...made].filter(path => (statSync(join(local, path)).mode & 0o022) !== 0);
  expect(open).toEqual([]);
});
