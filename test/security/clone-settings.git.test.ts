import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';

const setting = new Setting();
afterAll(() => setting.remove());

// A directory that was cloned brings a .git/config with it, whose credential.helper is a line of shell.
test('git runs nothing that the clone names in which jcds is called; the user’s own settings of git count', () => {
  const clone = join(setting.home, 'clone');
  const ran = (name: string) => join(setting.folder, `ran-${name}`);
  const helper = (name: string) => `!f() { touch ${ran(name)}; echo password=glpat-x; }; f`;
  mkdirSync(clone);
  execFileSync('git', ['init', '-q', clone]);
  const files = { clone: join(clone, '.git/config'), own: join(setting.home, '.gitconfig') };
  for (const [name, file] of Object.entries(files))
    execFileSync('git', ['config', '-f', file, 'credential.helper', helper(name)]);
  setting.jcds(['auth', 'status'], { cwd: clone, env: { JCDS_NETWORK: 'true' } });
  expect([existsSync(ran('clone')), existsSync(ran('own'))]).toEqual([false, true]);
});
