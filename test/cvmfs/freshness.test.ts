import { afterEach, expect, test } from 'vitest';
import type { Attributes } from '../../src/cvmfs/attributes.ts';
import { freshnessOf } from '../../src/cvmfs/freshness.ts';
import type { ServerAnswer } from '../../src/cvmfs/server-revision.ts';
import { askServerRevision, type ServerQuestion } from '../../src/cvmfs/server-revision.ts';
import { publish } from './http/generator.ts';
import { closedPort, type Fault, serve, serveProxy } from './http/server.ts';

const R = 'test.example.org';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function closed<Server extends { close(): Promise<void> }>(opening: Promise<Server>): Promise<Server> {
  const server = await opening;
  closing.push(() => server.close());
  return server;
}

const stratum = (revision: number) => closed(serve(publish({ revision })));

function ask(servers: readonly string[], changes: Partial<ServerQuestion> = {}) {
  return askServerRevision({
    repository: R,
    servers,
    proxies: [null],
    timeout: { direct: 300, proxy: 300 },
    patience: 3000,
    expected: null,
    ...changes,
  });
}

test('asks through the proxy of the site by a GET of the whole URL, and never by CONNECT', async () => {
  const [server, proxy] = [await stratum(812), await closed(serveProxy())];
  const answer = await ask([server.template], { proxies: [proxy.url] });
  const url = `${server.origin}/cvmfs/${R}`;
  expect(answer).toMatchObject({ state: 'known', revision: 812, ttlSeconds: 240, server: url });
  expect(proxy.requests).toEqual([`GET ${url}/.cvmfspublished`]);
});

test('a server that lags behind what the client has is not the last that is asked', async () => {
  const servers = [await stratum(809), await stratum(812), await stratum(811)];
  const templates = servers.map(({ template }) => template);
  expect(await ask(templates)).toMatchObject({ revision: 809 });
  expect(await ask(templates, { expected: 811 })).toMatchObject({ revision: 812 });
  expect(await ask(templates, { expected: 900 })).toMatchObject({ revision: 812 });
  expect(servers[2]!.requests).toHaveLength(1);
});

test.each([
  ['html', 'answers with a web page'],
  ['reset', 'broke off the connection'],
  ['redirect', 'answered 302'],
  ['huge', 'sends more than was announced'],
  ['drip', 'answers too slowly'],
  ['hang', 'did not answer in time'],
] satisfies [Fault, string][])('a server that does %s leaves the revision unknown', async (fault, said) => {
  const server = await stratum(812);
  server.faults.set('manifest', fault);
  expect(await ask([server.template])).toEqual({
    state: 'unknown',
    reason: `the manifest of ${R} cannot be fetched: ${server.origin}/cvmfs/${R} ${said}`,
    hint: 'check the network and the proxy of this host, or name another server with --server URL',
  });
});

test('the patience bounds everything, servers that are many and slow too', async () => {
  const server = await stratum(812);
  server.faults.set('manifest', 'hang');
  const answer = await ask([server.template, await closedPort()], {
    timeout: { direct: 20_000, proxy: 20_000 },
    patience: 200,
  });
  expect(answer).toEqual({
    state: 'unknown',
    reason: `no server of ${R} answered within 0.2 s`,
    hint: 'check the network and the proxy of this host',
  });
});

test('without any server jcds says where to name one', async () => {
  expect(await ask([])).toEqual({
    state: 'unknown',
    reason: `no server of ${R} is known here`,
    isLasting: true,
    hint: `name one with --server http://HOST/cvmfs/@fqrn@, or in the configuration: services["${R}"].servers`,
  });
});

const HASH = 'a'.repeat(40);
const client = (values: Record<string, string>): Attributes => ({
  state: 'read',
  tool: 'getfattr',
  values,
  refused: [],
});
const NOT_CVMFS: Attributes = { state: 'unknown', code: 'NOT_CVMFS', reason: '/cvmfs/R is no mount' };
const server = (revision: number, rootHash = HASH): ServerAnswer => ({
  state: 'known',
  revision,
  rootHash,
  publishedAt: null,
  ttlSeconds: 240,
  server: 'http://s',
});
const SILENT: ServerAnswer = { state: 'unknown', reason: 'no answer', hint: 'wait' };

test.each([
  [
    client({ revision: '811', expires: '3' }),
    server(812),
    'behind',
    'the server is at revision 812, this client at 811 and looks again in 3 min',
  ],
  [
    client({ revision: '811', expires: '0' }),
    server(812),
    'behind',
    'the server is at revision 812, this client at 811 and looks again within a minute',
  ],
  [
    client({ revision: '811', expires: 'never (fixed root catalog)' }),
    server(812),
    'behind',
    'the server is at revision 812, this client at 811 and was told to stay there',
  ],
  [
    client({ revision: '811', expires: 'n/a' }),
    server(812),
    'behind',
    'the server is at revision 812, this client at 811',
  ],
  [
    client({ revision: '812', root_hash: 'b'.repeat(40), expires: '2' }),
    server(812),
    'behind',
    'the server has another revision 812 than this client, which looks again in 2 min',
  ],
  [
    client({ revision: '812', root_hash: HASH }),
    server(812),
    'current',
    'this client is at revision 812, the newest of the server',
  ],
  [
    client({ revision: '812' }),
    server(812),
    'current',
    'this client is at revision 812, the newest of the server',
  ],
  [
    client({ revision: '813' }),
    server(812),
    'ahead',
    'this client is at revision 813, and the server that was asked lags behind at 812',
  ],
  [
    NOT_CVMFS,
    server(812),
    'unknown',
    'the server is at revision 812; the revision of this client is not known: /cvmfs/R is no mount',
  ],
  [
    client({ revision: '' }),
    server(812),
    'unknown',
    'the server is at revision 812; the revision of this client is not known: the client does not tell it',
  ],
  [
    client({ revision: '811' }),
    SILENT,
    'unknown',
    'this client is at revision 811; that of the server is not known: no answer',
  ],
  [
    NOT_CVMFS,
    SILENT,
    'unknown',
    'the revision of this client is not known: /cvmfs/R is no mount; that of the server is not known: no answer',
  ],
])('%#: the standing and the sentence', (attributes, answer, standing, sentence) => {
  expect(freshnessOf('R', attributes, answer)).toMatchObject({ standing, sentence });
});
