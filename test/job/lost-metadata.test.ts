import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULTS, type Settings } from '../../src/configuration/settings.ts';
import { parseReference } from '../../src/image/reference.ts';
import { mendMetadata } from '../../src/job/lost-metadata.ts';
import { layersHash } from '../../src/registry/compare.ts';
import type { LayoutName } from '../../src/repositories/layouts/index.ts';
import { recallImage } from '../../src/rootfs/memory.ts';
import { makeImage, makeIndex } from '../registry/images.ts';
import { MemoryRegistry } from '../registry/memory-registry.ts';
import { listen } from '../registry/server.ts';
import { NO_CONFIG, someFacts } from '../runtimes/requests.ts';
import { closed, context as contextOf } from '../status/setting.ts';

const image = makeImage('bmn');
const moved = makeImage('bmn later');
const index = makeIndex([image]);
const hex = (digest: string) => digest.slice('sha256:'.length);
const split = (hash: string) => `${hash.slice(0, 2)}/${hash.slice(2)}`;
const TARGETS = {
  layers: `.images/${split(layersHash(image.layers.map(({ digest }) => digest)))}`,
  index: `.images/sha256:${split(hex(index.digest))}`,
  config: `.flat/${hex(image.config.digest).slice(0, 2)}/${hex(image.config.digest)}`,
};
const FROM_REGISTRY = {
  env: [
    ['PATH', '/usr/bin'],
    ['NAME', 'bmn'],
  ],
  entrypoint: null,
  cmd: ['sh'],
  user: null,
  workdir: null,
  source: 'registry',
};

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jcds-mend-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A registry in which the tag names one of the images now; both are there by digest. */
async function registry(tagged: typeof image) {
  const memory = new MemoryRegistry()
    .tag('nica/bmn', 'later', moved.manifest, [moved])
    .tag('nica/bmn', 'index', index, [image])
    .tag('nica/bmn', '1', tagged.manifest, [tagged]);
  return closed(await listen(memory.handle));
}

/** Mends the metadata of a published image as `run` does; what was said, and what is known then. */
async function mend(
  name: string,
  target: string,
  layout: LayoutName,
  settings: Partial<Settings> = {},
  { from = null, path = name }: { readonly from?: string | null; readonly path?: string } = {},
) {
  const said: string[] = [];
  const context = contextOf({ environment: { XDG_CACHE_HOME: home } }, () => true);
  const directory = `/cvmfs/R/${target}`;
  const reference = parseReference(name);
  const place = { repository: 'R', relativePath: target };
  const facts = await mendMetadata(
    {
      named: { name, image: { kind: 'reference', reference, platform: null }, platform: null },
      published: {
        state: 'published',
        repository: 'R',
        layout,
        path: `/cvmfs/R/${layout === 'cern' ? name : 'nica/bmn:1'}`,
        entryPath: layout === 'cern' ? path : 'nica/bmn:1',
        target: directory,
        targetPlace: place,
        kind: 'directory',
      },
      facts: someFacts({
        directory,
        singularityMissing: null,
        origin: from === null ? null : { bootstrap: 'docker', from },
        config: { ...NO_CONFIG, source: 'none' },
      }),
    },
    {
      settings: { ...DEFAULTS, ...settings },
      say: { warn: text => said.push(text), detail: text => said.push(`(${text})`) },
    },
    context,
  );
  return { config: facts.config, said, remembered: recallImage(directory, context)?.facts.config ?? null };
}

test.each([
  ['layers', 'osg', image],
  ['index', 'osg', image],
  // By its own digest an image is found whatever the tag names by now.
  ['index', 'osg', moved],
  ['config', 'cern', moved],
] as const)(
  'ENV and start command come from the registry, by %s in %s’s layout',
  async (rule, layout, tagged) => {
    const { host } = await registry(tagged);
    const name = `${host}/nica/bmn:1`;
    expect(await mend(name, TARGETS[rule], layout)).toEqual({
      config: FROM_REGISTRY,
      said: [`(${name} lost its metadata: ENV and ENTRYPOINT are those in its registry)`],
      remembered: FROM_REGISTRY,
    });
  },
);

const warning = (name: string, why: string) =>
  `${name}: it has no .singularity.d: what it sets in its environment or starts by itself is not known (${why}); name the command and set variables yourself (jcds exec --env NAME=VALUE IMAGE COMMAND), and tell the people who run the repository`;

test('the configuration of another image is never taken, and the registry is not asked again soon', async () => {
  const server = await registry(moved);
  const name = `${server.host}/nica/bmn:1`;
  const first = await mend(name, TARGETS.layers, 'osg');
  expect(first.config.source).toBe('none');
  expect(first.said).toEqual([warning(name, `${server.host} has another image under this name by now`)]);
  const asked = server.heard.length;
  const second = await mend(name, TARGETS.layers, 'osg');
  expect(second.said).toEqual([
    warning(name, 'its registry did not help when it was asked within the last hour'),
  ]);
  expect(server.heard.length).toBe(asked);
});

test.each([
  [
    'the network is forbidden',
    'nica/bmn:1',
    TARGETS.layers,
    { network: false },
    'and the setting `network` forbids to ask its registry',
  ],
  [
    'nothing names its registry',
    'nica/bmn:1',
    TARGETS.layers,
    {},
    'nothing says which registry it comes from: name it with its registry',
  ],
  [
    'its directory is no hash',
    '127.0.0.1:9/nica/bmn:1',
    'images/bmn',
    {},
    'the name of its directory does not tell which image it was made from',
  ],
])('where %s, that is said once, with the cure', async (_what, name, target, settings, why) => {
  const { config, said } = await mend(name, target, 'osg', settings);
  expect(config.source).toBe('none');
  expect(said).toEqual([warning(name, why)]);
});

test('a publisher cannot name this machine as the registry, where any user may answer', async () => {
  const { host, heard } = await registry(image);
  const from = `${host}/nica/bmn:1`;
  const port = host.split(':')[1];
  const why = (registry_: string) =>
    `by its publisher its registry is ${registry_}, which is this machine itself`;
  const byRecord = await mend('nica/bmn:1', TARGETS.layers, 'osg', {}, { from });
  expect(byRecord.said).toEqual([warning('nica/bmn:1', why(host))]);
  for (const other of ['localhost', 'a.localhost', '127.0.0.2', '[::1]', '0.0.0.0']) {
    const named = `${other}:${port}`;
    const { said } = await mend('nica/bmn:1', TARGETS.config, 'cern', {}, { path: `${named}/nica/bmn:1` });
    expect(said).toEqual([warning('nica/bmn:1', why(named))]);
  }
  expect(heard).toEqual([]);
  const settings = { insecureRegistries: [host] };
  expect((await mend('nica/bmn:1', TARGETS.layers, 'osg', settings, { from })).config.source).toBe(
    'registry',
  );
});

test('a registry that is down costs no more than a warning', async () => {
  const name = '127.0.0.1:9/nica/bmn:1';
  const { said } = await mend(name, TARGETS.layers, 'osg');
  expect(said).toEqual([expect.stringContaining('it has no .singularity.d')]);
  expect(said[0]).toContain('127.0.0.1:9');
});
