import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layersHash } from '../../src/registry/compare.ts';
import { smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { HEADS, headFault } from '../registry/heads.ts';
import { makeImage } from '../registry/images.ts';
import { type Handler, reply } from '../registry/server.ts';
import { TOKEN } from '../requests/setup.ts';
import { OSG, RealWorld } from './real-names-setting.ts';
import { Program, printed } from './request-setting.ts';

// Registries by their real names, as whole processes see their answers.
const program = new Program();
const IMAGE = 'ghcr.io/nica/tools:1';
let real: RealWorld;
beforeEach(async () => {
  real = await RealWorld.make(program, ['ghcr.io', 'tokens.ghcr.io']);
  real.world.has('nica/tools', '1');
});
afterEach(() => real.remove());
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const request = (...more: string[]) => real.jcds(['request', '--yes', '--repository', OSG, ...more, IMAGE]);

describe('HEAD says no and GET says yes: it is there', () => {
  test.each(HEADS)('%s', async (_what, fault) => {
    real.world.serve = headFault(real.world.serve, fault);
    const status = await real.jcds(['status', '--check-registry', '--repository', OSG, IMAGE]);
    expect([status.code, status.stdout]).toEqual([
      1,
      expect.stringContaining(`registry: ghcr.io has ${IMAGE}, now sha256:`),
    ]);
    const asked = await request();
    expect([asked.code, asked.stderr]).toEqual([0, '']);
  });
  test('404 to both is a no, of one more request', async () => {
    real.world.images.manifests.clear();
    const { code, stderr } = await request();
    expect([code, stderr]).toEqual([
      1,
      `jcds: ghcr.io does not have ${IMAGE}\nhint: check the spelling of the name and the tag\n`,
    ]);
  });
});

describe('token servers that are refused for good', () => {
  const wants =
    (realm: string): Handler =>
    (heard, response) =>
      heard.url.startsWith('/token')
        ? reply(response, 302, '', { location: 'https://tokens.ghcr.io/other' })
        : reply(response, 401, '', { 'www-authenticate': `Bearer realm="${realm}",service="ghcr.io"` });
  test.each([
    ['http://tokens.ghcr.io/token', 'it is not https'],
    ['https://tokens.ghcr.io/token', 'a request for a token is not redirected'],
  ])('%s', async (realm, reason) => {
    real.world.serve = wants(realm);
    const { code, stderr } = await request();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^jcds: (?:tokens\\.)?ghcr\\.io names a token server that is not followed: ${reason}\nhint: tell the people who run that registry; nothing was sent there\n$`,
      ),
    );
  });
});

test('a certificate of an authority that this host trusts, as curl and podman read it', async () => {
  const trusting = { NODE_EXTRA_CA_CERTS: undefined, SSL_CERT_FILE: real.names.certificate };
  const asked = await real.jcds(['request', '--yes', '--repository', OSG, IMAGE], trusting);
  expect([asked.code, asked.stderr]).toEqual([0, '']);
});

test('a certificate that nobody here trusts is no matter of waiting', async () => {
  const { code, stderr } = await real.jcds(['request', '--yes', '--repository', OSG, IMAGE], {
    NODE_EXTRA_CA_CERTS: undefined,
  });
  expect([code, stderr]).toEqual([
    1,
    'jcds: cannot reach ghcr.io: its certificate is not trusted\nhint: where the site has its own authority, ask its administrator to add it to those of this host, or set SSL_CERT_FILE or NODE_EXTRA_CA_CERTS to a file with its certificate\n',
  ]);
});

/** An image that does not say where it is from. */
const publishWithoutRecord = () =>
  makeOsgRepository(`${real.world.cvmfs}/containers.jinr.ru`, { 'nica/tools:1': { files: smallImage() } });

describe('what the registry could not confirm', () => {
  test.each<[what: string, handler: Handler, hint: string]>([
    [
      'since it is too busy',
      (_heard, response) => reply(response, 429, '', { 'retry-after': '3600' }),
      'try again in 3600 s; logged-in users may ask more often: podman login ghcr.io',
    ],
    [
      'since it shows it to nobody',
      (_heard, response) => reply(response, 401, '', { 'www-authenticate': 'Basic realm="x"' }),
      'log in: podman login ghcr.io',
    ],
  ])('%s: the hint of ambiguous-registry is another command', async (_what, handler, hint) => {
    publishWithoutRecord();
    real.world.serve = handler;
    const words = ['status', '--check-registry', '--repository', 'containers.jinr.ru', IMAGE];
    const { stdout } = await real.jcds(words);
    expect(stdout).toContain('  ambiguous-registry: ');
    expect(stdout).toContain(`    hint: ${hint}\n`);
    expect(stdout).not.toContain('hint: compare it with the registry');
  });
  test('since it has another: what is inside', async () => {
    publishWithoutRecord();
    const { stdout } = await real.jcds(['status', '--check-registry', IMAGE]);
    expect(stdout).toContain(
      `    hint: the registry does not confirm it: see what is inside with: jcds exec ${IMAGE} cat /etc/os-release\n`,
    );
  });
});

describe('status --check-registry --json tells what the registry said', () => {
  const published = makeImage('nica/tools:1');
  const hash = layersHash(published.layers.map(({ digest }) => digest));
  test.each<[what: string, handler: Handler | null, env: Record<string, string>, registry: unknown]>([
    [
      'current',
      null,
      {},
      { state: 'current', evidence: `the hash of the layers is ${hash} here and in the registry` },
    ],
    [
      'too busy',
      (_heard, response) => reply(response, 429, '', { 'retry-after': '3600' }),
      {},
      { state: 'unknown', evidence: 'ghcr.io takes no more requests from here for now' },
    ],
    [
      'gone',
      (_heard, response) => reply(response, 404),
      {},
      { state: 'removed', evidence: `ghcr.io does not have ${IMAGE}` },
    ],
    [
      'not asked',
      null,
      { JCDS_NETWORK: 'false' },
      { state: 'unknown', evidence: 'jcds may not use the network here (setting `network`)' },
    ],
  ])('%s', async (_what, handler, env, registry) => {
    makeOsgRepository(`${real.world.cvmfs}/containers.jinr.ru`, {
      'nica/tools:1': { files: smallImage(), hash },
    });
    real.world.serve = handler ?? real.world.serve;
    const { stdout } = await real.jcds(['status', '--check-registry', '--json', IMAGE], env);
    expect(JSON.parse(stdout)).toMatchObject([{ state: 'published', registry }]);
  });
});

test('where CVMFS cannot be seen, the registry is asked all the same', async () => {
  const { code, stdout } = await real.jcds([
    'status',
    '--check-registry',
    '--repository',
    'none.example.org',
    IMAGE,
  ]);
  expect(code).toBe(75);
  expect(stdout).toContain(`registry: ghcr.io has ${IMAGE}, now sha256:`);
});
