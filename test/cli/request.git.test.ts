import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { BMN, LIST } from '../requests/setup.ts';
import { Program, page, World } from './request-setting.ts';

const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
});
afterEach(() => world.remove());
afterAll(() => program.remove());

test('without a token git opens it by a push, where ssh lets it', async () => {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: world.folder, stdio: 'pipe', env: world.environment() });
  writeFileSync(join(world.home, '.gitconfig'), '[user]\n\tname = N. Ica\n\temail = nica@example.org\n');
  const bare = join(world.folder, 'cvmfs-container-sync/registry.git');
  git('init', '-q', '--bare', '-b', 'main', bare);
  git('-C', bare, 'config', 'receive.advertisePushOptions', 'true');
  git('clone', '-q', bare, 'work');
  writeFileSync(join(world.folder, 'work/docker_images.txt'), LIST);
  git('-C', 'work', 'add', '-A');
  git('-C', 'work', 'commit', '-qm', 'first');
  git('-C', 'work', 'push', '-q', 'origin', 'HEAD:main');
  const hook = join(bare, 'hooks/post-receive');
  writeFileSync(
    hook,
    `#!/bin/sh\nprintf '\\n%s\\n  %s\\n\\n' 'View merge request:' 'http://${world.forge.host}/cvmfs-container-sync/registry/-/merge_requests/7' >&2\n`,
  );
  chmodSync(hook, 0o755);
  // It says whom it was called for, and runs the server's side here.
  const ssh = world.install(
    'secure-shell',
    `[ "$1" = -G ] && exit 1\necho "$1" >>'${world.folder}/called'\ncd '${world.folder}' && for last; do :; done && eval "git \${last#git-}"`,
  );
  const environment = { [world.tokenVariable]: undefined, GIT_SSH_COMMAND: ssh };
  expect(await world.jcds(['request', BMN], environment)).toEqual({
    code: 0,
    stdout: `${BMN}: merge request !7 opened: ${page(world, 7)}\n`,
    stderr: '',
  });
  expect((await world.jcds(['request', BMN], environment)).stdout).toContain(
    `${BMN}: asked for already: merge request http`,
  );
  expect(readFileSync(join(world.folder, 'called'), 'utf8')).toMatch(/^(?:git@127\.0\.0\.1\n)+$/);
  expect(git('-C', bare, 'branch', '--list', 'jcds/*').toString().trim().split('\n')).toHaveLength(1);
});
