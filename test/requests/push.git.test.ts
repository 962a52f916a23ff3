import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseReference } from '../../src/image/reference.ts';
import { systemClock } from '../../src/requests/forges/index.ts';
import { type PushOptions, proposeByPush, sshRemote } from '../../src/requests/push.ts';
import { BMN, failureOf, LIST, QuickClock } from './setup.ts';

let root: string;
let bare: string;
let environment: Record<string, string>;

const git = (...words: string[]) =>
  execFileSync('git', words, { cwd: root, env: environment, encoding: 'utf8', stdio: 'pipe' });

/** A bare repository as a GitLab serves it: it takes push options and prints what GitLab prints. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jcds-push-'));
  bare = join(root, 'registry.git');
  mkdirSync(join(root, 'tmp'));
  writeFileSync(
    join(root, 'gitconfig'),
    '[user]\n\tname = N. Ica\n\temail = nica@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  environment = {
    PATH: process.env.PATH!,
    HOME: root,
    GIT_CONFIG_GLOBAL: join(root, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    TMPDIR: join(root, 'tmp'),
  };
  git('init', '-q', '--bare', bare);
  git('-C', bare, 'config', 'receive.advertisePushOptions', 'true');
  git('clone', '-q', bare, 'work');
  commit({ 'docker_images.txt': LIST, 'docs/notes.txt': 'some words\n' });
  hook(`remote "View merge request for $2:" "  http://git.example.org/sync/registry/-/merge_requests/7"`);
});
afterEach(() => rmSync(root, { recursive: true }));

function commit(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, 'work', path, '..'), { recursive: true });
    writeFileSync(join(root, 'work', path), text);
  }
  git('-C', 'work', 'add', '-A');
  git('-C', 'work', 'commit', '-qm', 'a change');
  git('-C', 'work', 'push', '-q', 'origin', 'HEAD:main');
}

/** What the server does after a push: notes the options, and the given line of sh. */
function hook(line: string): void {
  const file = join(bare, 'hooks/post-receive');
  const text = `#!/bin/sh
remote() { printf '\\n%s\\n%s\\n\\n' "$1" "$2"; }
i=0
while [ "$i" -lt "\${GIT_PUSH_OPTION_COUNT:-0}" ]; do eval "echo \\"\\$GIT_PUSH_OPTION_$i\\"" >> "${root}/options"; i=$((i + 1)); done
${line} >&2
`;
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

function push(facts: Partial<PushOptions> & { image?: string } = {}) {
  const { image = BMN, ...rest } = facts;
  const place = { project: 'sync/registry', branch: null, path: 'docker_images.txt', format: 'osg' as const };
  return proposeByPush({
    remote: bare,
    host: 'git.example.org',
    place,
    reference: parseReference(image),
    environment,
    cache: { directory: join(root, 'cache/jcds'), uid: process.getuid!() },
    clock: new QuickClock(),
    ...rest,
  });
}

const branches = () =>
  git('-C', bare, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/jcds')
    .split('\n')
    .filter(name => name !== '');
const pageOf = (branch: string) =>
  `https://git.example.org/sync/registry/-/merge_requests?state=all&source_branch=${encodeURIComponent(branch)}`;

describe('a push that asks', () => {
  test('one branch with one commit that adds one line, and the options that open the request', async () => {
    expect(await push({ message: 'For\nrun 9.' })).toMatchObject({
      state: 'opened',
      iid: 7,
      url: 'http://git.example.org/sync/registry/-/merge_requests/7',
      change: { line: BMN, lineNumber: 3 },
    });
    const [branch] = branches();
    expect(branches()).toHaveLength(1);
    expect(git('-C', bare, 'diff', '--unified=0', 'main', branch!).split('\n').slice(4)).toEqual([
      '@@ -2,0 +3 @@ git.jinr.ru:5005/nica/docker-images/bmn:24.04',
      `+${BMN}`,
      '',
    ]);
    expect(git('-C', bare, 'log', '-1', '--format=%an %s %P', branch!).trim()).toBe(
      `N. Ica Add ${BMN} ${git('-C', bare, 'rev-parse', 'main').trim()}`,
    );
    expect(readFileSync(join(root, 'options'), 'utf8').split('\n')).toEqual([
      'merge_request.create',
      'merge_request.target=main',
      `merge_request.title=Add ${BMN}`,
      `merge_request.description=Please publish \`${BMN}\`. For run 9.`,
      'merge_request.remove_source_branch',
      '',
    ]);
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  });

  test('again: the branch is found and nothing is pushed', async () => {
    await push();
    expect(await push()).toMatchObject({ state: 'exists', url: pageOf(branches()[0]!) });
    expect(readFileSync(join(root, 'options'), 'utf8').match(/create/g)).toHaveLength(1);
  });

  test('listed already', async () => {
    expect(await push({ image: 'ubuntu:22.04' })).toEqual({
      state: 'listed',
      by: 'listed',
      path: 'docker_images.txt',
      line: 'ubuntu:22.04',
      lineNumber: 5,
      surprise: null,
    });
  });

  test('without a yes nothing is pushed', async () => {
    expect(await push({ confirm: async () => false })).toMatchObject({
      state: 'ready-change',
      url: 'https://git.example.org/sync/registry/-/edit/main/docker_images.txt',
    });
    expect(branches()).toEqual([]);
  });

  test('the list is looked for in the tree', async () => {
    const place = { project: 'sync/registry', branch: 'main', path: null, format: 'osg' as const };
    expect(await push({ place, choose: async paths => paths[0] ?? null })).toMatchObject({
      state: 'opened',
      change: { path: 'docker_images.txt' },
    });
  });

  test('an old branch without the line is made anew', async () => {
    await push();
    const [branch] = branches();
    git('-C', bare, 'update-ref', `refs/heads/${branch}`, 'main');
    commit({ 'docker_images.txt': `${LIST}debian:12\n` });
    expect(await push()).toMatchObject({ state: 'opened' });
    expect(git('-C', bare, 'diff', '--numstat', 'main', branch!)).toBe('1\t0\tdocker_images.txt\n');
  });

  test.each([
    ['the list cut down to the line, and another image', { 'docker_images.txt': `${BMN}\nevil/image:1\n` }],
    ['another file', { 'docs/notes.txt': 'other words\n' }],
  ])("another's branch with %s counts for nothing", async (_what, files) => {
    await push();
    const [branch] = branches();
    git('-C', 'work', 'fetch', '-q', 'origin', branch!);
    git('-C', 'work', 'checkout', '-q', 'FETCH_HEAD');
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, 'work', path), text);
    git('-C', 'work', 'commit', '-qam', 'by hand');
    git('-C', 'work', 'push', '-q', '-f', 'origin', `HEAD:${branch}`);
    expect(await push()).toMatchObject({ state: 'opened' });
    expect(git('-C', bare, 'diff', '--numstat', 'main', branch!)).toBe('1\t0\tdocker_images.txt\n');
    expect(await push()).toMatchObject({ state: 'exists' });
  });

  test('a branch that appears meanwhile is not overwritten', async () => {
    await push();
    const [branch] = branches();
    const theirs = git('-C', bare, 'rev-parse', branch!).trim();
    git('-C', bare, 'update-ref', '-d', `refs/heads/${branch}`);
    environment.GIT_AUTHOR_NAME = 'another, so that the commit is another';
    const confirm = async () => {
      git('-C', bare, 'update-ref', `refs/heads/${branch}`, theirs);
      return true;
    };
    expect(await push({ confirm })).toMatchObject({ state: 'exists', url: pageOf(branch!) });
    expect(git('-C', bare, 'rev-parse', branch!).trim()).toBe(theirs);
  });

  test('ten at once: one pushes, the others find it', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => push({ clock: systemClock })));
    expect(results.filter(({ state }) => state === 'opened')).toHaveLength(1);
    expect(results.filter(({ state }) => state === 'exists')).toHaveLength(9);
    expect(readFileSync(join(root, 'options'), 'utf8').match(/create/g)).toHaveLength(1);
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  });
});

describe('what the server says', () => {
  test.each([
    'http://evil.example/sync/registry/-/merge_requests/7',
    'javascript:alert(1)/-/merge_requests/7',
    'http://git.example.org/sync/registry/-/merge_requests/new?x',
    '\\033[2Jhttp://git.example.org/x',
  ])('%s is not passed on', async url => {
    hook(`remote "x" "${url}"`);
    const result = await push();
    expect(result).toMatchObject({ state: 'opened', iid: null, url: pageOf(branches()[0]!) });
  });

  test('no push options: told, and nothing is left behind', async () => {
    git('-C', bare, 'config', 'receive.advertisePushOptions', 'false');
    expect(await failureOf(push())).toMatchObject({
      code: 'PUSH_OPTIONS_UNSUPPORTED',
      message: `${bare} opens no merge requests by git push`,
    });
    expect(branches()).toEqual([]);
  });

  test('a refusal, in words that a terminal can take', async () => {
    writeFileSync(
      join(bare, 'hooks/pre-receive'),
      '#!/bin/sh\nprintf "GitLab: You are not \\033[31mallowed to push\\n" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const failure = await failureOf(push());
    expect(failure).toMatchObject({ code: 'GIT_REMOTE', exitCode: 125 });
    expect(failure.message).toBe(`could not push to ${bare}: GitLab: You are not ?[31mallowed to push`);
  });
});

describe('remotes that cannot be used', () => {
  test('one that is not there', async () => {
    const failure = await failureOf(push({ remote: join(root, 'none.git') }));
    expect(failure).toMatchObject({ code: 'GIT_REMOTE' });
    expect(failure.message).toBe(
      `could not read ${join(root, 'none.git')}: '${join(root, 'none.git')}' does not appear to be a git repository`,
    );
  });
  test.each(['--upload-pack=touch ROOT/x', 'ext::touch ROOT/x', 'ROOT/a\nb'])(
    '%j runs nothing',
    async text => {
      git('config', '--global', 'protocol.ext.allow', 'always');
      const remote = text.replace('ROOT', root);
      expect(await failureOf(push({ remote }))).toMatchObject({ code: 'GIT_REMOTE' });
      const left = readdirSync(root).filter(name => name !== 'cache');
      expect(left.sort()).toEqual(['gitconfig', 'registry.git', 'tmp', 'work']);
    },
  );
  test('git works where nobody but the user can write, and a job sees nothing of it: not in /tmp', async () => {
    const told = join(root, 'seen');
    hook(`ls "${root}/tmp" "${root}/cache/jcds/git" >"${told}"; :`);
    await push();
    expect(readFileSync(told, 'utf8')).toMatch(
      new RegExp(`^${root}/cache/jcds/git:\\nrequest-\\w{6}\\n\\n${root}/tmp:\\n$`),
    );
    expect(readdirSync(join(root, 'cache/jcds/git'))).toEqual([]);
    expect(statSync(join(root, 'cache/jcds')).mode & 0o777).toBe(0o700);
  });
  test('a cache that others may write to is not used', async () => {
    mkdirSync(join(root, 'cache/jcds'), { recursive: true });
    chmodSync(join(root, 'cache/jcds'), 0o777);
    expect(await failureOf(push())).toMatchObject({
      code: 'GIT_REMOTE',
      message: expect.stringContaining(`could not make a directory in ${root}/cache/jcds/git for`),
    });
  });
  test('a password in the address is not shown', async () => {
    const failure = await failureOf(push({ remote: 'http://nica:s3cret@127.0.0.1:1/x.git' }));
    expect(`${failure.message}${failure.stack}`).not.toContain('s3cret');
    expect(failure.message).toContain('http://127.0.0.1:1/x.git');
  });
  test('an empty repository', async () => {
    git('init', '-q', '--bare', 'empty.git');
    expect(await failureOf(push({ remote: join(root, 'empty.git') }))).toMatchObject({
      message: `could not read ${join(root, 'empty.git')}: it has no such branch`,
    });
  });
  test('git is not there', async () => {
    expect(await failureOf(push({ environment: { PATH: join(root, 'tmp') } }))).toMatchObject({
      code: 'GIT_UNUSABLE',
      message: 'git cannot be used: ENOENT',
    });
  });
  test('one that never answers', async () => {
    writeFileSync(join(root, 'tmp/ssh'), '#!/bin/sh\nexec cat\n', { mode: 0o755 });
    const path = { ...environment, PATH: `${root}/tmp:${process.env.PATH}` };
    const failure = await failureOf(
      push({ remote: 'git@git.example.org:x.git', environment: path, timeout: 300 }),
    );
    expect(failure).toMatchObject({
      code: 'GIT_UNUSABLE',
      message: 'git cannot be used: no answer within 0.3 s',
    });
  });
  test('ssh is told to ask nobody', async () => {
    writeFileSync(join(root, 'tmp/ssh'), `#!/bin/sh\necho "$@" > "${root}/ssh-words"\nexit 255\n`, {
      mode: 0o755,
    });
    const remote = sshRemote('git.example.org:5005', 'sync/registry');
    expect(remote).toBe('git@git.example.org:sync/registry.git');
    await failureOf(
      push({ remote, environment: { ...environment, PATH: `${root}/tmp:${process.env.PATH}` } }),
    );
    expect(readFileSync(join(root, 'ssh-words'), 'utf8')).toContain('-o BatchMode=yes');
  });
});
