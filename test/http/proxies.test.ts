import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { proxyAuthorization, proxyFor } from '../../src/http/proxies.ts';
import { isLoopback, isThisHost } from '../../src/http/this-host.ts';

// What curl 7.88 does (curl -v --proxy-anyauth with these variables), but for the ports, which are as in a URL.
const CHOSEN: [what: string, url: string, environment: Record<string, string>, proxy: string | null][] = [
  ['nothing is set', 'https://git.jinr.ru/', {}, null],
  ['https by https_proxy', 'https://git.jinr.ru/', { https_proxy: 'http://p:3128' }, 'http://p:3128/'],
  ['http by http_proxy', 'http://s1.cern.ch/', { http_proxy: 'http://p:3128' }, 'http://p:3128/'],
  ['without a scheme', 'https://git.jinr.ru/', { https_proxy: 'p:3128' }, 'http://p:3128/'],
  ['https is no matter of http_proxy', 'https://git.jinr.ru/', { http_proxy: 'p:3128' }, null],
  ['http is no matter of https_proxy', 'http://s1.cern.ch/', { https_proxy: 'p:3128' }, null],
  ['all_proxy stands in', 'https://git.jinr.ru/', { all_proxy: 'p:1', http_proxy: 'q:1' }, 'http://p:1/'],
  ['upper case', 'https://git.jinr.ru/', { HTTPS_PROXY: 'p:1' }, 'http://p:1/'],
  ['ALL_PROXY', 'http://s1.cern.ch/', { ALL_PROXY: 'p:1' }, 'http://p:1/'],
  ['lower case first', 'https://git.jinr.ru/', { https_proxy: 'p:1', HTTPS_PROXY: 'q:1' }, 'http://p:1/'],
  ['an empty one is not set', 'https://git.jinr.ru/', { https_proxy: '', HTTPS_PROXY: 'q:1' }, 'http://q:1/'],
  ['a proxy by https', 'https://git.jinr.ru/', { https_proxy: 'https://p:1' }, 'https://p:1/'],
  [
    'only what decides is read',
    'https://a.b/',
    { https_proxy: 'p:1', all_proxy: 'socks5://q' },
    'http://p:1/',
  ],
  ['loopback never', 'http://127.0.0.1:8080/', { http_proxy: 'p:1', all_proxy: 'p:1' }, null],
  ['loopback by name', 'http://localhost:8080/', { http_proxy: 'socks5://p' }, null],
  ['loopback by IPv6', 'http://[::1]/', { all_proxy: 'p:1' }, null],
  ['loopback below .localhost', 'https://registry.localhost/', { all_proxy: 'p:1' }, null],
  ['no_proxy: all', 'https://git.jinr.ru/', { https_proxy: 'p:1', no_proxy: '*' }, null],
  ['no_proxy: the name', 'https://git.jinr.ru/', { https_proxy: 'p:1', no_proxy: 'a.b,git.jinr.ru' }, null],
  [
    'no_proxy: blanks, capitals',
    'https://git.jinr.ru/',
    { https_proxy: 'p:1', NO_PROXY: 'A.B  GIT.JINR.RU' },
    null,
  ],
  ['no_proxy: a domain', 'https://git.jinr.ru/', { https_proxy: 'p:1', no_proxy: 'jinr.ru' }, null],
  ['no_proxy: with a dot', 'https://git.jinr.ru/', { https_proxy: 'p:1', no_proxy: '.jinr.ru' }, null],
  ['no_proxy: with *.', 'https://git.jinr.ru/', { https_proxy: 'p:1', no_proxy: '*.jinr.ru' }, null],
  [
    'no_proxy: not the end of a word',
    'https://git.xjinr.ru/',
    { https_proxy: 'p:1', no_proxy: 'jinr.ru' },
    'http://p:1/',
  ],
  [
    'no_proxy: its port',
    'https://git.jinr.ru:5005/',
    { https_proxy: 'p:1', no_proxy: 'git.jinr.ru:5005' },
    null,
  ],
  [
    'no_proxy: another port',
    'https://git.jinr.ru/',
    { https_proxy: 'p:1', no_proxy: 'git.jinr.ru:5005' },
    'http://p:1/',
  ],
  ['no_proxy: an address', 'http://159.93.1.2/', { http_proxy: 'p:1', no_proxy: '159.93.1.2' }, null],
  ['no_proxy: a network', 'http://159.93.1.2/', { http_proxy: 'p:1', no_proxy: '159.93.0.0/16' }, null],
  [
    'no_proxy: another network',
    'http://10.0.0.1/',
    { http_proxy: 'p:1', no_proxy: '159.93.0.0/16' },
    'http://p:1/',
  ],
  ['no_proxy: IPv6', 'http://[2001:db8::1]/', { http_proxy: 'p:1', no_proxy: '[2001:db8::1]' }, null],
  [
    'no_proxy: a network of IPv6',
    'http://[2001:db8::1]:8000/',
    { http_proxy: 'p:1', no_proxy: '2001:db8::/32' },
    null,
  ],
  [
    'no_proxy: rubbish',
    'http://a.b/',
    { http_proxy: 'p:1', no_proxy: ',:,/,[,10.0.0.0/99,.' },
    'http://p:1/',
  ],
];

test.each(CHOSEN)('%s', (_what, url, environment, proxy) => {
  expect(proxyFor(new URL(url), environment)?.href ?? null).toBe(proxy);
});

const NO_ADDRESS = 'does not hold the address of a proxy';
test.each([
  ['https_proxy', 'socks5://p:1080', 'names a socks5:// proxy, which jcds does not speak'],
  ['ALL_PROXY', 'socks5h://p:1080', 'names a socks5h:// proxy, which jcds does not speak'],
  ['all_proxy', 'socks://p:1080', 'names a socks:// proxy, which jcds does not speak'],
  ['https_proxy', 'junk://p:1080', NO_ADDRESS],
  ['https_proxy', 'http://', NO_ADDRESS],
  ['https_proxy', 'http://ann:hunter2@p:99999', NO_ADDRESS],
  ['https_proxy', 'a b', NO_ADDRESS],
  ['https_proxy', 'http://ann:hunter2%zz@p:1', NO_ADDRESS],
])('%s=%s: the variable, and what is wrong with it', (variable, value, problem) => {
  let thrown: unknown;
  try {
    proxyFor(new URL('https://git.jinr.ru/'), { [variable]: value });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: 'INVALID_PROXY',
    message: `the environment variable ${variable} ${problem}`,
    exitCode: 2,
  });
  expect(inspect(thrown, { showHidden: true })).not.toContain('hunter2');
});

test('user name and password, or a user name alone', () => {
  expect(proxyAuthorization(new URL('http://ann:p%40ss@p'))?.reveal()).toBe('Basic YW5uOnBAc3M=');
  expect(proxyAuthorization(new URL('http://ann@p'))?.reveal()).toBe('Basic YW5uOg==');
  expect(proxyAuthorization(new URL('http://p'))).toBeNull();
});

test('what is this host, and where something secret may go unencrypted', () => {
  const names = ['localhost', '127.0.0.1', '127.9.9.9', '[::1]', '[::ffff:7f00:1]'];
  expect(names.map(isLoopback)).toEqual(names.map(() => true));
  const wider = ['a.localhost', 'localhost.', 'localhost.localdomain', '0.0.0.0', '[::]', 'ip6-localhost'];
  expect(wider.map(isThisHost)).toEqual(wider.map(() => true));
  expect(wider.map(isLoopback)).toEqual(wider.map(() => false));
  const others = ['127.0.0.1.evil.example', 'localhost.evil.example', '128.0.0.1', '[::2]', 'xlocalhost'];
  expect(others.map(isThisHost)).toEqual(others.map(() => false));
});
