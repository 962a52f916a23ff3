import { afterEach, expect, test } from 'vitest';
import { proxyOrder, serverUrl } from '../../../src/cvmfs/http/servers.ts';
import { failure, laboratory } from './laboratory.ts';
import { closedPort, serveProxy, type TestProxy } from './server.ts';

const { serve, open } = laboratory();
const R = 'test.example.org';
const proxies: TestProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

async function makeProxy(): Promise<TestProxy> {
  const proxy = await serveProxy();
  proxies.push(proxy);
  return proxy;
}

test('through a proxy every request is a GET of the whole URL, and none a CONNECT', async () => {
  const [server, proxy] = [await serve(), await makeProxy()];
  const repository = await open(server, { proxies: [proxy.url] });
  await repository.list('/');
  expect(proxy.requests).toHaveLength(4);
  expect(proxy.requests.filter(line => !line.startsWith(`GET ${server.origin}/cvmfs/${R}/`))).toEqual([]);
  expect(proxy.lastHeaders.host).toBe(server.origin.slice('http://'.length));
});

test('a proxy that is down is passed over, and not asked again', async () => {
  const [server, down, proxy] = [await serve(), await closedPort(), await makeProxy()];
  const repository = await open(server, { proxies: [down, proxy.url] });
  expect(await repository.list('/')).toEqual([]);
  expect(proxy.requests).toHaveLength(4);
});

test.each([403, 407, 502, 503, 504])(
  'a proxy that answers %i is passed over for a direct request',
  async status => {
    const [server, proxy] = [await serve(), await makeProxy()];
    proxy.status = status;
    const repository = await open(server, { proxies: [proxy.url, null] });
    expect(repository.isVerified).toBe(true);
  },
);

test('a damaged copy in a proxy is asked for anew', async () => {
  const [server, proxy] = [await serve(), await makeProxy()];
  proxy.damages = true;
  const repository = await open(server, { proxies: [proxy.url] });
  expect(await repository.list('/')).toEqual([]);
  expect(proxy.lastHeaders).toMatchObject({ 'cache-control': 'no-cache', pragma: 'no-cache' });
});

test('credentials go to the proxy, and into no message', async () => {
  const [server, proxy] = [await serve(), await makeProxy()];
  const url = proxy.url.replace('//', '//user:s3cret@');
  await open(server, { proxies: [url] });
  expect(proxy.lastHeaders['proxy-authorization']).toBe(
    `Basic ${Buffer.from('user:s3cret').toString('base64')}`,
  );
  proxy.status = 407;
  const origin = server.origin.replace('//', '//me:hidden@');
  expect(await failure(open(`${origin}/cvmfs/@fqrn@`, { proxies: [url], cache: null }))).toEqual({
    code: 'SERVER_UNREACHABLE',
    message: `the manifest of ${R} cannot be fetched: ${server.origin}/cvmfs/${R} through ${proxy.url} answered 407`,
    exitCode: 75,
  });
});

test('proxies that only a PAC file names are passed over; a failure says so', async () => {
  const [server, down] = [await serve(), await closedPort()];
  expect((await open(server, { proxies: proxyOrder('auto;DIRECT') })).isVerified).toBe(true);
  const { code, message } = await failure(
    open(`${down}/cvmfs/@fqrn@`, { proxies: proxyOrder('auto'), cache: null }),
  );
  expect([code, message]).toEqual([
    'SERVER_UNREACHABLE',
    `the manifest of ${R} cannot be fetched: ${down}/cvmfs/${R} through auto cannot be asked: jcds reads no PAC file (CVMFS_HTTP_PROXY is "auto"); ${down}/cvmfs/${R} refused the connection`,
  ]);
});

test('a server that speaks https is not asked through a proxy', async () => {
  const proxy = await makeProxy();
  expect(await failure(open('https://127.0.0.1:9/cvmfs/@fqrn@', { proxies: [proxy.url] }))).toMatchObject({
    message: `the manifest of ${R} cannot be fetched: https://127.0.0.1:9/cvmfs/${R} through ${proxy.url} cannot be asked through a proxy, being https`,
  });
  expect(proxy.requests).toEqual([]);
});

test.each([
  ['http://a:3128|http://b:3128;http://c:1;DIRECT', ['http://b:3128', 'http://a:3128', 'http://c:1', null]],
  ['a:3128', ['http://a:3128']],
  ['auto;DIRECT', ['auto', null]],
  ['AUTO|http://b:3128', ['http://b:3128', 'auto']],
  ['auto', ['auto', null]],
  ['', [null]],
  [' ; | ;', [null]],
])('CVMFS_HTTP_PROXY=%j is tried in the order %j', (text, expected) => {
  let place = 1;
  expect(proxyOrder(text, () => (place -= 0.1))).toEqual(expected);
});

test.each([
  ['http://s:8000/cvmfs/@fqrn@', 'http://s:8000/cvmfs/unpacked.cern.ch'],
  ['http://s/@org@/@fqrn@/', 'http://s/unpacked/unpacked.cern.ch'],
])('the server %j', (template, url) => {
  expect(serverUrl(template, 'unpacked.cern.ch')).toBe(url);
});

test.each(['ftp://s/x', 'file:///etc/passwd', 's', 'http://a b/', 'http://s/\u001b[2J'])(
  '%j is no server',
  async server => {
    expect(await failure(open(server))).toMatchObject({ code: 'INVALID_SERVER', exitCode: 2 });
  },
);

test.each(['http://user:%zz@proxy:3128', 'socks5://proxy:1080'])(
  '%j is no proxy, and its password is not repeated',
  async text => {
    expect(await failure(Promise.resolve().then(() => proxyOrder(text)))).toEqual({
      code: 'INVALID_SERVER',
      message: `"${text.replace('user:%zz@', '')}" is no server`,
      exitCode: 2,
    });
  },
);
