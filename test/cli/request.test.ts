import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BMN, LIST, TOKEN } from '../requests/setup.ts';
import { APPTAINER, Program, page, printed, World } from './request-setting.ts';

const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
});
afterEach(() => world.remove());
afterAll(() => {
  program.remove();
  expect(printed.length).toBeGreaterThan(0);
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const DIFF = `--- docker_images.txt
+++ docker_images.txt
@@ -1,5 +1,6 @@
 # images
 git.jinr.ru:5005/nica/docker-images/bmn:24.04
+${BMN}
 
 # others
 ubuntu:22.04
`;

test('asking opens the request; asking again reports it', async () => {
  expect(await world.jcds(['request', BMN])).toEqual({
    code: 0,
    stdout: `${BMN}: merge request !1 opened: ${page(world, 1)}\n`,
    stderr: '',
  });
  expect(await world.jcds(['request', BMN])).toEqual({
    code: 0,
    stdout: `${BMN}: asked for already by you: merge request !1 ${page(world, 1)}\n`,
    stderr: '',
  });
  expect(world.forge.requests).toHaveLength(1);
  expect(world.forge.changes(world.forge.requests[0]!, 'docker_images.txt')).toEqual({
    removed: [],
    added: [`${BMN}\n`],
  });
});

test('--wait goes through a failed check, merge and conversion to an image that runs; then it is published', async () => {
  world.install('apptainer', APPTAINER);
  const waiting = world.start(['request', '--wait', '-m', 'for run 9', BMN]);
  await waiting.said('waiting for the operators to merge');
  const [request] = world.forge.requests;
  expect(request!.description).toContain('for run 9');
  request!.pipelines = [{ id: 7, status: 'failed' }];
  await waiting.said('its check failed');
  request!.pipelines = [];
  world.forge.merge(request!);
  await waiting.said('waiting for its conversion');
  const path = world.publish('nica/docker-images/bmn:24.12', BMN);
  const { code, stdout, stderr } = await waiting.ended;
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${BMN}: merge request !1 opened: ${page(world, 1)}\n${BMN}: published: ${path}\n`,
  });
  expect(stderr).toContain(
    `its check failed: ${world.forge.origin}/cvmfs-container-sync/registry/-/pipelines/7`,
  );
  expect(await world.jcds(['request', BMN])).toEqual({
    code: 0,
    stdout: `${BMN}: published: ${path}\n`,
    stderr: '',
  });
  const ran = await world.jcds(['exec', BMN, 'true']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/<true>\n$/);
});

describe('what others have put where jcds looks', () => {
  /** Another has asked for the same, and then put one more image into the branch. */
  async function asked() {
    world.forge.addUser('t-other', 'baikal');
    await world.jcds(['request', BMN], { [world.tokenVariable]: 't-other' });
    const request = world.forge.requests[0]!;
    const head = request.source.branches.get(request.branch)!;
    const { sha } = world.forge.commits.add(
      head,
      { 'docker_images.txt': `${BMN}\nevil/image:1\n` },
      'by hand',
    );
    request.source.branches.set(request.branch, sha);
    request.source.known.add(sha);
    return request;
  }

  test('a branch of that name in the project: the request in my name holds the change that was shown', async () => {
    for (const name of ['nica', 'baikal']) world.upstream.levels.set(name, 30);
    await asked();
    world.forge.requests.pop();
    expect(await world.jcds(['request', BMN])).toMatchObject({
      code: 0,
      stdout: `${BMN}: merge request !1 opened: ${page(world, 1)}\n`,
    });
    const [mine] = world.forge.requests;
    expect(mine).toMatchObject({ author: { username: 'nica' }, source: world.upstream });
    expect(world.forge.changes(mine!, 'docker_images.txt')).toEqual({ removed: [], added: [`${BMN}\n`] });
  });

  test('a request by a branch of that name, whatever became of it: mine is made, listed and waited for', async () => {
    const theirs = await asked();
    const { sha } = world.forge.commits.add(
      theirs.source.branches.get('main')!,
      { 'docker_images.txt': `${LIST}evil/image:1\n` },
      'by hand',
    );
    theirs.source.branches.set(theirs.branch, sha);
    theirs.source.known.add(sha);
    Object.assign(theirs, { title: 'Something else', description: '' });
    const waiting = world.start(['request', '--wait', BMN]);
    await waiting.said('waiting for the operators to merge');
    const mine = world.forge.requests[1]!;
    expect(mine.author.username).toBe('nica');
    theirs.state = 'closed';
    expect((await world.jcds(['request', BMN])).stdout).toBe(
      `${BMN}: asked for already by you: merge request !2 ${page(world, 2)}\n`,
    );
    const listed = (await world.jcds(['requests'])).stdout;
    expect([page(world, 2), page(world, 1)].map(url => listed.includes(url))).toEqual([true, false]);
    world.forge.merge(mine);
    await waiting.said('waiting for its conversion');
    world.publish('nica/docker-images/bmn:24.12', BMN);
    expect(await waiting.ended).toMatchObject({ code: 0 });
  });
});

test('--wait rebuilds a request that has come into conflict', async () => {
  const waiting = world.start(['request', '--wait', BMN]);
  await waiting.said('waiting for the operators');
  world.forge.push(world.upstream, {
    'docker_images.txt': LIST.replace('24.04\n', '24.04\nquay.io/a/b:1\n'),
  });
  await waiting.said('made anew on the list as it is now');
  const [request] = world.forge.requests;
  world.forge.merge(request!);
  world.publish('nica/docker-images/bmn:24.12', BMN);
  expect((await waiting.ended).code).toBe(0);
  expect(world.forge.text(world.upstream, 'docker_images.txt')).toContain(`${BMN}\nquay.io/a/b:1\n`);
});

describe('--wait comes to an end', () => {
  test('when the request is closed: 1', async () => {
    const waiting = world.start(['request', '--wait', BMN]);
    await waiting.said('waiting for the operators');
    world.forge.requests[0]!.state = 'closed';
    const { code, stderr } = await waiting.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`the request for ${BMN} was closed without being merged: ${page(world, 1)}`);
    expect(await world.jcds(['request', BMN])).toEqual({
      code: 1,
      stdout: `${BMN}: was refused before: merge request !1 ${page(world, 1)}\n`,
      stderr: `hint: read there why; ask once more with: jcds request --again ${BMN}\n`,
    });
    expect(await world.jcds(['request', '--again', BMN])).toMatchObject({
      code: 0,
      stdout: `${BMN}: merge request !2 opened: ${page(world, 2)}\n`,
    });
  });
  test('when the time is over: 75, and says what it waited for', async () => {
    const { code, stderr } = await world.jcds(['request', '--wait', '--timeout', '1s', BMN]);
    expect(code).toBe(75);
    expect(stderr).toContain(
      `jcds: ${BMN} was asked for in containers.jinr.ru and is not there yet: waiting for the operators to merge ${page(world, 1)}`,
    );
  });
  test('a server that is away for a while is waited for', async () => {
    const waiting = world.start(['request', '--wait', BMN]);
    await waiting.said('waiting for the operators');
    world.forge.interfere = () => ({
      status: 429,
      headers: { 'retry-after': '3000' },
      text: 'slow',
      isWrong: true,
    });
    await waiting.said('too many requests');
    world.forge.interfere = () => undefined;
    world.forge.merge(world.forge.requests[0]!);
    world.publish('nica/docker-images/bmn:24.12', BMN);
    expect((await waiting.ended).code).toBe(0);
  });
});

describe('what is there already, and what is not to be had', () => {
  test('listed, and not visible yet', async () => {
    world.forge.push(world.upstream, { 'docker_images.txt': `${LIST}${BMN}\n` });
    expect(await world.jcds(['request', BMN])).toEqual({
      code: 0,
      stdout: `${BMN}: in the list of containers.jinr.ru already (docker_images.txt, line 6: "${BMN}"), and not visible here yet\n`,
      stderr: '',
    });
    expect(world.forge.requests).toEqual([]);
  });
  test('asked for by somebody else', async () => {
    world.forge.addUser('other-token', 'baikal');
    await world.jcds(['request', BMN], { [world.tokenVariable]: 'other-token' });
    expect((await world.jcds(['request', BMN])).stdout).toBe(
      `${BMN}: asked for already by baikal: merge request !1 ${page(world, 1)}\n`,
    );
  });
  test('not in its registry: 1, and the forge is not asked', async () => {
    const typo = BMN.replace('24.12', '24.21');
    expect(await world.jcds(['request', typo])).toEqual({
      code: 1,
      stdout: '',
      stderr: `jcds: git.jinr.ru:5005 does not have ${typo}\nhint: check the spelling of the name and the tag\n`,
    });
    expect(world.forge.log).toEqual([]);
  });
  test('a private image: a warning, or a refusal where the service is public', async () => {
    world.login('git.jinr.ru:5005', 'nica:secret');
    expect(await world.jcds(['request', BMN])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^jcds: \S+ may not be pulled by everyone: containers.jinr.ru can publish it only if/,
      ),
    });
    world.configure({}, { publicOnly: true });
    expect(await world.jcds(['request', '--json', BMN])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"code":"IMAGE_PRIVATE"'),
    });
  });
  test('a private image that no credential opens is not asked for', async () => {
    world.login('git.jinr.ru:5005', 'nica:secret');
    world.logout();
    const { code, stderr } = await world.jcds(['request', BMN]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^jcds: git.jinr.ru:5005 does not show .*it is private, or it does not exist\nhint: log in/,
    );
    expect(world.forge.log).toEqual([]);
  });
  test('published under the same name from another registry: not this image', async () => {
    world.publish('nica/docker-images/bmn:24.12', 'docker.io/nica/docker-images/bmn:24.12');
    const { code, stdout, stderr } = await world.jcds(['request', BMN]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${BMN}: merge request !1 opened: ${page(world, 1)}\n`,
    });
    expect(stderr).toContain('was made from Docker Hub, not from git.jinr.ru:5005');
  });
  test('a collision in the list is accepted by --yes alone', async () => {
    world.forge.push(world.upstream, {
      'docker_images.txt': `${LIST}nica/docker-images/bmn:24.12\nquay.io/nica/docker-images/bmn:24.12\n`,
    });
    expect(await world.jcds(['request', BMN])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('would be published at the place of another image of the list'),
    });
    expect((await world.jcds(['request', '--yes', BMN])).code).toBe(0);
  });
});

test('several images: a request and a line each, the worst code; --json has the facts', async () => {
  world.has('nica/docker-images/mpd', '1');
  const mpd = 'git.jinr.ru:5005/nica/docker-images/mpd:1';
  const typo = 'git.jinr.ru:5005/nica/docker-images/mpd:2';
  const { code, stdout, stderr } = await world.jcds(['request', '--json', BMN, typo, mpd]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toEqual({
    ...{ schemaVersion: 2, image: BMN, repository: 'containers.jinr.ru', state: 'opened', public: true },
    ...{ url: page(world, 1), number: 1, author: null, own: null, rebuilt: false, reason: null },
    ...{ list: 'docker_images.txt', line: BMN, lineNumber: 3, diff: DIFF.trimEnd() },
  });
  expect(lines[1]).toMatchObject({ image: typo, state: 'failed', error: { code: 'NOT_IN_REGISTRY' } });
  expect(lines[2]).toMatchObject({ image: mpd, state: 'opened', number: 2 });
  expect(world.forge.requests.map(({ branch }) => branch)).toHaveLength(2);
});

test('--dry-run shows the change and writes nothing', async () => {
  const { code, stdout } = await world.jcds(['request', '--dry-run', '--wait', BMN]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${DIFF}${BMN}: not asked for; by hand: ${world.forge.origin}/cvmfs-container-sync/registry/-/edit/main/docker_images.txt\n`,
  });
  expect(world.forge.log.filter(({ method }) => method !== 'GET')).toEqual([]);
});

describe('without a token', () => {
  const nobody = () => ({ [world.tokenVariable]: undefined });
  test('the change is shown, with the page to make it on', async () => {
    const { code, stdout, stderr } = await world.jcds(['request', BMN], nobody());
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `${DIFF}${BMN}: not asked for; by hand: ${world.forge.origin}/cvmfs-container-sync/registry/-/edit/main/docker_images.txt\n`,
    });
    expect(stderr).toContain(`or set ${world.tokenVariable}\n`);
  });
  test('of a project that is not shown to strangers: its page', async () => {
    world.upstream.visibility = 'private';
    expect(await world.jcds(['request', BMN], nobody())).toMatchObject({
      code: 1,
      stdout: `${BMN}: not asked for; by hand: ${world.forge.origin}/cvmfs-container-sync/registry\n`,
    });
  });
});

describe('a list whose place is not known', () => {
  const path = () =>
    (
      JSON.parse(readFileSync(world.configuration, 'utf8')) as {
        services: Record<string, { wishlist: { path?: string } }>;
      }
    ).services['containers.jinr.ru']!.wishlist.path;
  test('is asked for by --list-path, and remembered', async () => {
    world.configure({}, { path: null });
    expect(await world.jcds(['request', BMN])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'jcds: it is not known which file of cvmfs-container-sync/registry is its list of images\nhint: it may be docker_images.txt: give it with --list-path docker_images.txt\n',
    });
    expect((await world.jcds(['request', '--dry-run', '--list-path', 'docker_images.txt', BMN])).code).toBe(
      0,
    );
    expect(path()).toBe('docker_images.txt');
    expect((await world.jcds(['request', BMN])).code).toBe(0);
  });
  test('and a home that cannot be written costs the memory, not the request nor those after it', async () => {
    world.configure({}, { path: null });
    world.has('nica/docker-images/bmn', '24.13');
    const { services, ...settings } = JSON.parse(readFileSync(world.configuration, 'utf8'));
    const HOME = '/dev/null';
    const env = {
      HOME,
      JCDS_SERVICES: JSON.stringify(services),
      JCDS_INSECURE_REGISTRIES: settings.insecureRegistries.join(','),
    };
    const images = [BMN, BMN.replace('24.12', '24.13')];
    const { code, stdout, stderr } = await world.jcds(
      ['request', '--yes', '--list-path', 'docker_images.txt', ...images],
      env,
    );
    expect({ code, opened: stdout.match(/merge request !\d opened/g) }).toEqual({
      code: 0,
      opened: ['merge request !1 opened', 'merge request !2 opened'],
    });
    const warning = `jcds: the place of the list, docker_images.txt, was not remembered: ${HOME}/.config/jcds/config.json cannot be written (ENOTDIR)\n`;
    expect(stderr).toBe(warning.repeat(2));
    expect(world.forge.requests).toHaveLength(2);
  });
});

test.each<[words: string[], settings: object, code: number, message: string]>([
  [[], {}, 2, "missing required argument 'image'"],
  [['Not:An:Image'], {}, 2, 'Not:An:Image'],
  [[BMN, '--list-path', '/etc/passwd'], {}, 2, 'must be a path inside the project'],
  [[BMN, '--wait', '--timeout', 'soon'], {}, 2, 'is no duration'],
  [
    [BMN, '--repository', 'singularity.galaxyproject.org'],
    {},
    2,
    'how images are asked for in singularity.galaxyproject.org',
  ],
  [[BMN], { network: false }, 2, 'the configuration forbids it'],
  [
    [BMN],
    { registryTokenServers: { 'git.jinr.ru:5005': 1 } },
    2,
    'registryTokenServers must be an object of texts',
  ],
])('%j with %j ends with %d', async (words, settings, code, message) => {
  world.configure(settings as Record<string, unknown>);
  const ended = await world.jcds(['request', ...words]);
  expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
  expect(world.forge.log).toEqual([]);
});

test('a forge that is not https gets no question, unless it is this machine', async () => {
  world.configure({}, { host: 'http://git.example.org' });
  expect(await world.jcds(['request', BMN])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('http://git.example.org is not https'),
  });
});

// Node is told to bring the bug along; a standalone lets nobody in.
if (process.env.JCDS_TEST_STANDALONE === undefined)
  test('a bug in the middle keeps its stack, and tells no token', async () => {
    const bug = join(world.folder, 'bug.cjs');
    writeFileSync(
      bug,
      `const { hasOwn } = Object;
Object.hasOwn = (object, name) => {
  if (name === 'default_branch') throw Object.assign(new TypeError('a bug'), { object });
  return hasOwn(object, name);
};\n`,
    );
    const node = world.install('node-with-a-bug', `exec '${process.execPath}' --require '${bug}' "$@"`);
    for (const words of [
      ['request', BMN],
      ['request', '--json', BMN],
      ['requests'],
      ['exec', '--if-missing', 'request', BMN, 'true'],
    ]) {
      const { code, stdout, stderr } = await world.jcds(words, { JCDS_NODE: node });
      expect([words, code === 0, stdout]).toEqual([words, false, '']);
      expect(stderr).toContain('TypeError: a bug');
      expect(stderr).not.toContain(TOKEN);
    }
  });

test('ten processes at once make one request', async () => {
  const ended = await Promise.all(Array.from({ length: 10 }, () => world.jcds(['request', BMN])));
  expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(Array.from({ length: 10 }, () => [0, '']));
  expect(ended.filter(({ stdout }) => stdout.includes('opened'))).toHaveLength(1);
  expect(world.forge.requests).toHaveLength(1);
});

test('what a forge says reaches the terminal clean', async () => {
  world.forge.interfere = ({ method, url }) =>
    method === 'POST' && url.pathname.endsWith('/merge_requests')
      ? { status: 400, body: { message: '\u001b]0;x\u0007\u202eno\nhint: run rm -rf /' }, isWrong: true }
      : undefined;
  const { code, stdout, stderr } = await world.jcds(['request', BMN]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.split('\n')).toHaveLength(3);
  expect(stderr).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
});
