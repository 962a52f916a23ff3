import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildClient } from '../standalone/build-client.ts';
import { makeImage } from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { BASIC, PASSWORD } from './opened.ts';
import { type Heard, reply } from './server.ts';

// https with real names: a proxy leads every CONNECT to one TLS server, whose certificate holds them all. Authorities
// are read when Node starts, so the client is a process of its own.
const NAMES = [
  'git.jinr.ru',
  'registry-1.docker.io',
  'auth.docker.io',
  'registry.example.org',
  'login.example.org',
];
const image = makeImage('one');
const memory = new MemoryRegistry();
for (const name of ['nica/bmn', 'library/ubuntu', 'a/b']) memory.tag(name, '1', image.manifest, [image]);

/** Registry to the token server that it names. */
const REALMS: Record<string, string> = {
  'git.jinr.ru:5005': 'https://git.jinr.ru/jwt/auth',
  'registry-1.docker.io': 'https://auth.docker.io/token',
  'registry.example.org': 'https://login.example.org/token',
};
let work: string;
let client: readonly string[];
let servers: Server[];
let environment: Record<string, string>;
/** `host path: authorization` of every request. */
const heard: string[] = [];

function handle(host: string, one: Heard, response: ServerResponse): void {
  heard.push(`${host} ${one.url.split('?')[0]}: ${one.authorization}`);
  const realm = REALMS[host];
  if (realm === undefined || !one.url.startsWith('/v2/'))
    reply(response, 200, { token: one.authorization === BASIC ? 'anns' : 'everyones' });
  else if (one.authorization !== 'Bearer anns')
    reply(response, 401, '', { 'www-authenticate': `Bearer realm="${realm}",service="s"` });
  else memory.handle(one, response, undefined as never);
}

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'jcds-https-'));
  const [key, certificate] = [join(work, 'key.pem'), join(work, 'certificate.pem')];
  const names = NAMES.map(name => `DNS:${name}`).join(',');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=jcds-test',
      '-addext',
      `subjectAltName=${names}`,
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'pipe' },
  );
  const secure = createServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (request, response) => {
      const { authorization = null } = request.headers;
      handle(
        request.headers.host ?? '',
        { method: request.method!, url: request.url!, authorization, accept: null, body: '' },
        response,
      );
    },
  );
  const proxy = createProxy().on('connect', (_request, socket) => {
    const onward = connect((secure.address() as AddressInfo).port, '127.0.0.1', () =>
      socket.write('HTTP/1.1 200 OK\r\n\r\n'),
    );
    onward.pipe(socket).pipe(onward);
    for (const one of [onward, socket]) one.on('error', () => {});
  });
  servers = [secure, proxy as unknown as Server];
  for (const server of servers) await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready));
  const auths = Object.fromEntries(
    ['git.jinr.ru:5005', 'https://index.docker.io/v1/', 'registry.example.org'].map(name => [
      name,
      { auth: BASIC.slice('Basic '.length) },
    ]),
  );
  writeFileSync(join(work, 'auth.json'), JSON.stringify({ auths }));
  const room = resolve(import.meta.dirname, '../../src');
  writeFileSync(
    join(work, 'client.ts'),
    `import { parseReference } from '${room}/image/reference.ts';
     import { storedCredentials } from '${room}/registry/credentials.ts';
     import { registryHas } from '${room}/registry/presence.ts';
     const places = { environment: process.env, home: '/', uid: 0 };
     const [name, tokenServers] = process.argv.slice(2);
     const options = { ...places, findCredential: storedCredentials(places), tokenServers: JSON.parse(tokenServers ?? '{}') };
     registryHas(parseReference(name), options).then(({ state, evidence, hint }) => process.stdout.write(JSON.stringify({ state, evidence, hint })));`,
  );
  client = await buildClient(join(work, 'client.ts'));
  environment = {
    PATH: process.env.PATH!,
    https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    REGISTRY_AUTH_FILE: join(work, 'auth.json'),
    NODE_EXTRA_CA_CERTS: certificate,
  };
});
beforeEach(() => void heard.splice(0));
afterAll(() => {
  for (const server of servers) server.close();
  for (const server of servers) server.closeAllConnections();
  rmSync(work, { recursive: true });
});

async function ask(
  name: string,
  more: { env?: Record<string, string>; tokenServers?: Record<string, string> } = {},
) {
  const [file = '', ...words] = [...client, name, JSON.stringify(more.tokenServers ?? {})];
  const { stdout, stderr } = await promisify(execFile)(file, words, {
    env: { ...environment, ...more.env },
  });
  expect(stdout + stderr).not.toContain(PASSWORD);
  return JSON.parse(stdout);
}

test.each([
  [
    'GitLab at another port',
    'git.jinr.ru:5005/nica/bmn:1',
    'git.jinr.ru:5005',
    'git.jinr.ru /jwt/auth',
    '/v2/nica/bmn/manifests/1',
  ],
  [
    'Docker Hub and its token server',
    'ubuntu:1',
    'registry-1.docker.io',
    'auth.docker.io /token',
    '/v2/library/ubuntu/manifests/1',
  ],
])('%s', async (_what, name, registry, tokens, path) => {
  expect(await ask(name)).toMatchObject({ state: 'present' });
  expect(heard).toEqual([
    `${registry} ${path}: null`,
    `${tokens}: ${BASIC}`,
    `${registry} ${path}: Bearer anns`,
  ]);
});

test('a token server of another name gets the password only when it is declared', async () => {
  const name = 'registry.example.org/a/b:1';
  const [first, last] = [
    'registry.example.org /v2/a/b/manifests/1: null',
    'registry.example.org /v2/a/b/manifests/1: Bearer',
  ];
  expect(await ask(name)).toEqual({
    state: 'private',
    evidence:
      'registry.example.org does not show registry.example.org/a/b:1 to everyone, and your credential was not sent to login.example.org: it is private, or it does not exist',
    hint: 'if login.example.org is the token server of registry.example.org: jcds config set registryTokenServers registry.example.org=login.example.org',
  });
  expect(heard.splice(0)).toEqual([first, 'login.example.org /token: null', `${last} everyones`]);
  expect(await ask(name, { tokenServers: { 'registry.example.org': 'login.example.org' } })).toMatchObject({
    state: 'present',
  });
  expect(heard).toEqual([first, `login.example.org /token: ${BASIC}`, `${last} anns`]);
});

test.each([
  ['of an unknown authority', 'git.jinr.ru:5005', { NODE_EXTRA_CA_CERTS: '' }],
  ['for another name', 'git.jinr.ru.evil.example', {}],
])('a certificate %s', async (_what, registry, env) => {
  expect(await ask(`${registry}/nica/bmn:1`, { env })).toEqual({
    state: 'unknown',
    evidence: `cannot reach ${registry}: its certificate is not trusted`,
    hint: 'where the site has its own authority, ask its administrator to add it to those of this host, or set SSL_CERT_FILE or NODE_EXTRA_CA_CERTS to a file with its certificate',
  });
  expect(heard).toEqual([]);
});
