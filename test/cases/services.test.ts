import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

// Faults that were seen with real names, lists, registries, forges and shells, by the sections in which they were told, and where
// the right value of each is a test, by the file and words of it. A test that is renamed or taken away is missed here.

type Row = readonly [fault: string, file: string, words: string];

const NAMES: readonly Row[] = [
  ['a name that list prints is denied', 'cli/listed-names.test.ts', 'each name of its real list'],
  ['… over random trees', 'cli/listed-names.test.ts', 'a random tree in layout'],
  ['… over many of them', 'names/names.test.ts', 'every line of list, typed back, leads to its own path'],
  ['… over HTTP', 'cli/typed-back-http.test.ts', 'Every line of `list` over HTTP, typed back over HTTP'],
  ['… for every command', 'cli/typed-back.test.ts', 'takes each for its own path'],
  ['where nothing was looked at', 'cli/listed-names.test.ts', 'nothing is said of any repository'],
  ['the name without a registry goes first', 'cli/listed-names.test.ts', 'goes before the one without'],
  ['… in the job wrapper', 'batch/wrapper-and-exec.test.ts', "'first.last/tgr/img:1'"],
  ['TAB after first. and a registry', 'completion/typed-ways.host.test.ts', 'containers.ligo.org/first.'],
  ['Galaxy prints all/', 'repositories/listed-names.test.ts', 'all/kraken2:2.1.3--pl5321'],
  ['capital letters', 'cli/listed-names.test.ts', 'published in small ones is meant'],
  ['names of Docker Hub', 'cli/listed-names.test.ts', 'all names of Docker Hub lead to one place'],
];

const WRITES: readonly Row[] = [
  ['request with a home that cannot be written', 'cli/request.test.ts', 'was not remembered'],
  ['config set', 'security/commands.ts', "'config set'"],
  ['HOME=/, /dev/null, of root', 'security/homes.test.ts', 'that is /dev/null'],
  ['cache prune', 'security/homes.test.ts', 'cache prune removes nothing, and says where it looked'],
  ['completion refresh that cannot write', 'security/commands.ts', "['completion', 'refresh'], 1"],
  ['settings that are a FIFO', 'security/planted-files.test.ts', 'settings that are %s are refused'],
  ['disks', 'security/failing-disk.host.test.ts', 'a real disk that is full'],
];

const FORGES: readonly Row[] = [
  ['a token without the permission', 'requests/refusals.ts', 'a fine-grained token without the permission'],
  ['single sign-on', 'requests/refusals.ts', 'a token that single sign-on has not let in'],
  ['limits', 'requests/refusals.ts', 'a secondary limit, by its words alone'],
  ['insufficient_granular_scope', 'requests/refusals.ts', 'insufficient_granular_scope'],
  ['an e-mail that is not confirmed', 'requests/refusals.ts', 'an account whose e-mail is not confirmed'],
  ['a limit of projects', 'requests/refusals.ts', 'an account that may have no projects'],
  ['Cloudflare', 'requests/refusals.ts', 'a page of Cloudflare'],
  ['the sign-in page', 'requests/refusals.ts', 'its sign-in page'],
  ['checks and pipelines', 'requests/refusals.test.ts', 'checks that are not shown'],
  ['all of them in whole processes', 'cli/forge-refusals.test.ts', 'REFUSALS'],
  ['the host is github.com', 'cli/forge-refusals.test.ts', 'the hint leads to the page of github.com'],
];

const PROXIES: readonly Row[] = [
  ['loopback', 'cli/proxies.test.ts', 'are no matter of any proxy'],
  ['HOST:PORT', 'cli/proxies.test.ts', 'by https_proxy as HOST:PORT without a scheme'],
  ['only http_proxy', 'cli/proxies.test.ts', 'not by http_proxy'],
  ['socks5, junk', 'cli/proxies.test.ts', 'a variable that holds no proxy'],
  ['CVMFS', 'cli/proxies.test.ts', 'CVMFS without a client'],
  [
    'a proxy that wants a login',
    'cli/proxies.test.ts',
    'is no matter of waiting, and its password is not told',
  ],
];

const CONVERTIBLE: readonly Row[] = [
  ['a SIF', 'registry/odd-images.ts', 'a SIF by oras'],
  ['a Helm chart', 'registry/odd-images.ts', 'a Helm chart'],
  ['an empty configuration', 'registry/odd-images.ts', 'an artifact with an empty configuration'],
  ['arm64 only', 'registry/odd-images.ts', 'arm64 only'],
  ['Windows only', 'registry/odd-images.ts', 'an index for Windows only'],
  ['children that are gone', 'registry/odd-images.ts', 'an index whose image is gone'],
  ['a configuration that is gone', 'registry/odd-images.ts', 'a manifest whose configuration is gone'],
  ['signatures', 'registry/odd-images.ts', 'a signature of cosign, with the configuration of an image'],
  ['all of them in whole processes, with --yes', 'cli/not-convertible.test.ts', 'ODD_IMAGES'],
  ['registries of this host', 'cli/not-convertible.test.ts', "'localhost/x'"],
];

const REGISTRY: readonly Row[] = [
  ['no to HEAD', 'cli/registry-answers.test.ts', 'HEAD says no and GET says yes: it is there'],
  [
    'the registry object',
    'cli/registry-answers.test.ts',
    'status --check-registry --json tells what the registry said',
  ],
  ['ambiguous-registry', 'cli/registry-answers.test.ts', 'what the registry could not confirm'],
  ['token servers', 'cli/registry-answers.test.ts', 'token servers that are refused for good'],
];

const LISTS: readonly Row[] = [
  [
    'wildcards, schemes, slashes, queries',
    'cli/lists.test.ts',
    "CERN's recipe is read as the service reads it",
  ],
  [
    "others' requests",
    'cli/lists.test.ts',
    'somebody else has asked, without a word of it: found by the change',
  ],
];

const SCRIPTS: readonly Row[] = [
  ['the image’s name in REGISTRY_MISMATCH', 'batch/wrapper-and-exec.test.ts', 'quay.io/a/of-gitlab:1'],
  ['a digest beside a tag', 'batch/wrapper-and-exec.test.ts', 'bug/x:1@sha256:'],
  ['// and /./', 'batch/wrapper-and-exec.test.ts', '/cvmfs//containers.jinr.ru/./bug/x:1'],
  ['one table of outcomes', 'batch/script-outcomes.test.ts', 'each row stands in a script'],
];

const SMALL: readonly Row[] = [
  ['an open quote', 'completion/typed-ways.host.test.ts', 'a second TAB in an open quote'],
  ['docker://', 'completion/typed-ways.host.test.ts', 'docker://nica/s'],
  ['files for --bind', 'completion/typed-ways.host.test.ts', '--bind ./sett'],
  ['a missing path', 'cli/listed-names.test.ts', 'what cannot be asked for is not offered to be asked for'],
  ['a service without a list', 'cli/lists.test.ts', 'names those that have one, and not itself'],
  ['digests', 'cli/lists.test.ts', 'unsupported digest algorithm'],
  ['completion prints', 'completion/printed-script.host.test.ts', 'byte for byte'],
  ['broken entries', 'cli/resolve-list.test.ts', "'broken'"],
  ['… in every command', 'cli/broken.test.ts', 'is broken for every command, and nobody is asked for it'],
  ['schema 1 as text/plain', 'registry/odd-images.ts', "docker's first schema as text/plain"],
  ['a configuration of 2 MB', 'cli/lists.test.ts', 'an image with a configuration of 2 MB'],
];

const SECTIONS = { NAMES, WRITES, FORGES, PROXIES, CONVERTIBLE, REGISTRY, LISTS, SCRIPTS, SMALL };

test.each(Object.entries(SECTIONS).flatMap(([section, rows]) => rows.map(row => [section, ...row] as const)))(
  '%s: %s',
  (_section, _fault, file, words) => {
    expect(readFileSync(resolve(import.meta.dirname, '..', file), 'utf8')).toContain(words);
  },
);
