import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publish } from '../cvmfs/http/generator.ts';
import { type Fault, serve, type TestServer } from '../cvmfs/http/server.ts';
import { type Handler, reply } from '../registry/server.ts';
import { BMN } from '../requests/setup.ts';
import { type Ended, Program, World } from './request-setting.ts';

// The whole program against servers and registries that do wrong: each command ends by itself, in the time it was given,
// and answers what it can.
const R = 'containers.jinr.ru';
const SECONDS = 2;

let program: Program;
let world: World;
let server: TestServer;
beforeAll(() => {
  program = new Program();
});
beforeEach(async () => {
  world = await World.make(program);
  server = await serve(publish({ name: R, revision: 812 }));
  const wishlist = { host: world.forge.origin, path: 'docker_images.txt' };
  world.configure({ services: { [R]: { servers: [server.template], proxies: 'DIRECT', wishlist } } });
  world.publish('nica/docker-images/bmn:24.12', BMN);
});
afterEach(async () => {
  await server.close();
  await world.remove();
});
afterAll(() => program.remove());

/** Runs jcds, with little time for whatever it asks. */
const jcds = (...words: string[]): Promise<Ended> =>
  world.jcds(words, { JCDS_CVMFS_TIMEOUT: String(SECONDS) });

/** Milliseconds: what has not ended by itself by then fails. The rest is for a machine that has other work. */
const LIMIT = (SECONDS + 1) * 1000 + 10_000;

describe('a server of the repository', () => {
  test.each<[Fault, RegExp]>([
    ['html', /answers with a web page/],
    ['drip', /no server of containers\.jinr\.ru answered within/],
    ['hang', /no server of containers\.jinr\.ru answered within/],
    ['reset', /broke off the connection/],
    ['redirect', /answered 30\d/],
    ['huge', /more than/],
    [{ status: 500 }, /answered 500/],
    [{ status: 404 }, /answered 404/],
  ])(
    '%j: what is here is told all the same',
    async (fault, reason) => {
      server.faults.set('manifest', fault);
      const { code, stdout } = await jcds('status', '-v', BMN);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^git\.jinr\.ru:5005\/nica\/docker-images\/bmn:24\.12 +published/m);
      expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(reason);
    },
    LIMIT,
  );
});

const token = (text: object) => (response: Parameters<typeof reply>[0]) => reply(response, 200, text);
/** Wants a token of this very server, and takes none that it gives. */
const never: Handler = ({ url }, response) =>
  url.includes('/token')
    ? token({ token: 'one-that-is-no-good', expires_in: 300 })(response)
    : reply(
        response,
        401,
        { errors: [] },
        {
          'www-authenticate': `Bearer realm="http://git.jinr.ru:5005/token",service="x",scope="repository:a:pull"`,
        },
      );

const MANIFEST = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };

const FAULTS: [what: string, serve: Handler, reason: RegExp][] = [
  ['that answers 401 for ever', never, /does not show/],
  [
    'whose tokens have expired when they come',
    ({ url }, response, request) =>
      url.includes('/token')
        ? token({ token: 'expired-at-once', expires_in: 0, issued_at: '2020-01-01T00:00:00Z' })(response)
        : never({ url } as never, response, request),
    /does not show/,
  ],
  [
    'with a manifest of 100 MB, announced and never sent',
    (_heard, response) =>
      response.writeHead(200, { ...MANIFEST, 'content-length': 100_000_000 }).flushHeaders(),
    /larger than|more than/,
  ],
  ['that never answers', () => {}, /did not answer|within/],
  [
    'that drips',
    (_heard, response) => {
      response.writeHead(200, MANIFEST);
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    },
    /did not answer|within|in time/,
  ],
  ['that resets', (_heard, response) => void response.destroy(), /broke off|connection/],
  [
    'that redirects for ever',
    ({ url }, response) => reply(response, 307, '', { location: `http://git.jinr.ru:5005${url}` }),
    /redirect|lead/,
  ],
  [
    'that answers HTML',
    (_heard, response) => reply(response, 200, '<html>', { 'content-type': 'text/html' }),
    /web page|something/,
  ],
  [
    'that asks for patience for an hour',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '3600' }),
    /takes no more requests from here for now/,
  ],
];

describe('a registry', () => {
  test.each(FAULTS)(
    '%s: what is here is told, and why the registry is not known',
    async (_what, answers, reason) => {
      world.serve = answers;
      const { code, stdout } = await jcds('status', '--check-registry', '-v', BMN);
      expect(code).toBe(0);
      expect(stdout).toContain('published');
      expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(reason);
      expect(stdout).not.toMatch(/one-that-is-no-good|expired-at-once/);
    },
    LIMIT,
  );

  // Silence is waited for during 30 s there: test/registry/silence.test.ts has that.
  const ending = FAULTS.filter(([what]) => !/never answers|drips/.test(what));
  test.each(ending)(
    '%s: nothing is asked for',
    async (what, answers, reason) => {
      world.serve = answers;
      const { code, stdout, stderr } = await jcds('request', '--yes', BMN.replace('24.12', '24.13'));
      // Waiting helps against none of these.
      const isRefusal = /401|tokens|100 MB|redirects for ever|HTML/.test(what);
      expect([code, stdout, stderr]).toEqual([isRefusal ? 1 : 75, '', expect.stringMatching(reason)]);
      expect(world.forge.log).toEqual([]);
    },
    LIMIT,
  );
});
