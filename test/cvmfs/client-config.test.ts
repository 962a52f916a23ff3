import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readClientConfiguration } from '../../src/cvmfs/client-config.ts';
import { parseShowconfig } from '../../src/cvmfs/client-config-text.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jcds-client-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text.replaceAll('ROOT', root));
  }
}

function read(repository = 'containers.jinr.ru', PATH = '/usr/bin:/bin') {
  return readClientConfiguration(repository, {
    environment: { PATH },
    directory: join(root, 'etc'),
    timeout: 2000,
  });
}

test('is null on a host without a client, and for a name that is none', async () => {
  expect(await read()).toBeNull();
  write({ 'etc/default.conf': 'CVMFS_SERVER_URL=http://a' });
  expect(await read('../../evil')).toBeNull();
});

test("sources the files in the client's order, included files and conditions too", async () => {
  write({
    'etc/default.conf': 'CVMFS_TIMEOUT=7\nCVMFS_MOUNT_DIR=ROOT/mnt\nCVMFS_KEYS_DIR=nowhere\nORDER=1\n',
    'etc/default.d/50-site.conf': 'CVMFS_CONFIG_REPOSITORY=config.example.org\n',
    'etc/default.local':
      'CVMFS_HTTP_PROXY="http://a:3128|http://b:3128;DIRECT"\nexport CVMFS_USE_CDN=yes\nCVMFS_ORDER="$CVMFS_ORDER local"\nCVMFS_CONFIG_REPOSITORY=evil.example.org\n',
    'mnt/config.example.org/etc/cvmfs/default.conf': 'CVMFS_ORDER="shared"\n',
    'mnt/config.example.org/etc/cvmfs/domain.d/jinr.ru.conf':
      '. ../common.conf\nif [ "$CVMFS_USE_CDN" = yes ]; then CVMFS_SERVER_URL=http://cdn/@fqrn@; else CVMFS_SERVER_URL=http://plain/@fqrn@; fi\n',
    'mnt/config.example.org/etc/cvmfs/common.conf':
      'CVMFS_KEYS_DIR=ROOT/keys\nCVMFS_ORDER="$CVMFS_ORDER domain"\n',
    'etc/domain.d/jinr.ru.local': 'CVMFS_SERVER_URL="$CVMFS_SERVER_URL;http://second:8000/cvmfs/@fqrn@"\n',
    'etc/config.d/containers.jinr.ru.conf': 'CVMFS_ORDER="$CVMFS_ORDER $CVMFS_FQRN"\necho noise\n',
    'keys/jinr.ru.pub': '',
  });
  expect(await read()).toEqual({
    source: 'files',
    servers: ['http://cdn/@fqrn@', 'http://second:8000/cvmfs/@fqrn@'],
    proxies: 'http://a:3128|http://b:3128;DIRECT',
    keyPaths: [join(root, 'keys')],
    blacklistFiles: [join(root, 'etc/blacklist'), join(root, 'mnt/config.example.org/etc/cvmfs/blacklist')],
    mountDirectory: join(root, 'mnt'),
    timeout: { direct: 10_000, proxy: 7_000 },
    variables: {
      CVMFS_TIMEOUT: '7',
      CVMFS_MOUNT_DIR: join(root, 'mnt'),
      CVMFS_KEYS_DIR: join(root, 'keys'),
      CVMFS_CONFIG_REPOSITORY: 'config.example.org',
      CVMFS_HTTP_PROXY: 'http://a:3128|http://b:3128;DIRECT',
      CVMFS_USE_CDN: 'yes',
      CVMFS_FQRN: 'containers.jinr.ru',
      CVMFS_SERVER_URL: 'http://cdn/@fqrn@;http://second:8000/cvmfs/@fqrn@',
      CVMFS_ORDER: 'shared local domain containers.jinr.ru',
    },
  });
});

test('passes over a file with a syntax error and keeps what was read before an exit', async () => {
  write({
    'etc/default.conf': 'CVMFS_SERVER_URL=http://a/@fqrn@\n',
    'etc/default.local': 'CVMFS_SERVER_URL="unclosed\n',
    'etc/domain.d/jinr.ru.conf': 'CVMFS_HTTP_PROXY=DIRECT\nexit 3\n',
    'etc/config.d/containers.jinr.ru.conf': 'CVMFS_HTTP_PROXY=never\n',
  });
  expect(await read()).toMatchObject({
    servers: ['http://a/@fqrn@'],
    proxies: 'DIRECT',
    mountDirectory: '/cvmfs',
  });
});

test('a configuration repository that hangs costs its time and no more', async () => {
  write({
    'etc/default.conf':
      'CVMFS_SERVER_URL=http://a/@fqrn@\nCVMFS_MOUNT_DIR=ROOT/mnt\nCVMFS_CONFIG_REPOSITORY=config.example.org\n',
    'mnt/config.example.org/etc/cvmfs/default.conf': 'while :; do sleep 0.05; done\n',
  });
  const found = await readClientConfiguration('containers.jinr.ru', {
    environment: { PATH: '/usr/bin:/bin' },
    directory: join(root, 'etc'),
    timeout: 400,
  });
  expect(found?.servers).toEqual(['http://a/@fqrn@']);
});

test("asks the client's own tool first", async () => {
  write({
    'bin/cvmfs_config': `#!/bin/sh
[ "$*" = 'showconfig -s containers.jinr.ru' ] || exit 9
cat <<'END'
CVMFS_HTTP_PROXY='http://a:3128|http://b:3128;DIRECT'    # from /etc/cvmfs/default.local
CVMFS_PUBLIC_KEY=/etc/cvmfs/keys/a.pub:/etc/cvmfs/keys/b.pub    # from /etc/cvmfs/domain.d/jinr.ru.conf
CVMFS_SERVER_URL='http://s:8000/cvmfs/@fqrn@'    # from /etc/cvmfs/domain.d/jinr.ru.conf
END
`,
    'etc/default.conf': 'CVMFS_SERVER_URL=http://not-this\n',
  });
  chmodSync(join(root, 'bin/cvmfs_config'), 0o755);
  expect(await read('containers.jinr.ru', `${root}/bin:/usr/bin:/bin`)).toMatchObject({
    source: 'cvmfs_config',
    servers: ['http://s:8000/cvmfs/@fqrn@'],
    proxies: 'http://a:3128|http://b:3128;DIRECT',
    keyPaths: ['/etc/cvmfs/keys/a.pub', '/etc/cvmfs/keys/b.pub'],
  });
});

test.each([
  ["CVMFS_A='it\\'s'    # from /x", { CVMFS_A: "it's" }],
  ['CVMFS_A=plain', { CVMFS_A: 'plain' }],
  ['CVMFS_A=    # from /x', { CVMFS_A: '' }],
  ['containers.jinr.ru:\nPATH=/bin\nrm -rf', {}],
])('showconfig %j', (text, variables) => {
  expect(parseShowconfig(text)).toEqual(variables);
});
