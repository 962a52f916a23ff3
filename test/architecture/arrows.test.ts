import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** From a room to the rooms it may import at run time (`import type` is free). */
const ARROWS: Record<string, readonly string[]> = {
  'loader.ts': ['check-node.ts', 'kept-code.ts'],
  'keep-code.ts': ['check-node.ts', 'kept-code.ts', 'files', 'rehearsal.ts'],
  'kept-code.ts': [],
  'rehearsal.ts': [],
  'shell-quote.ts': [],
  files: [],
  'command-text.ts': ['launch'],
  'shell-text.ts': [],
  'schema-version.ts': [],
  'cache-directory.ts': [],
  'store-directory.ts': ['cache-directory.ts'],
  'call.ts': [],
  'entry.ts': ['main.ts', 'real-context.ts', 'launch', 'cvmfs', 'output', 'job'],
  'check-node.ts': [],
  'real-context.ts': ['launch', 'files'],
  'main.ts': ['program.ts', 'output', 'files', 'command-text.ts'],
  'program.ts': ['commands', 'scan-words.ts', 'output'],
  'scan-words.ts': [],
  commands: [
    'job',
    'cvmfs',
    'repositories',
    'image',
    'runtimes',
    'requests',
    'registry',
    'publication-requests',
    'configuration',
    'output',
    'help',
    'status',
    'completion',
    'doctor',
    'batch',
    'wrap',
    'conversion',
    'store',
    'service',
    'store-directory.ts',
    'launch',
    'program.ts',
    'rootfs',
    'files',
    'command-text.ts',
  ],
  doctor: [
    'job',
    'cvmfs',
    'repositories',
    'runtimes',
    'registry',
    'publication-requests',
    'configuration',
    'completion',
    'status',
    'output',
    'files',
    'cache-directory.ts',
    'command-text.ts',
  ],
  job: [
    'shell-quote.ts',
    'cache-directory.ts',
    'store-directory.ts',
    'store',
    'conversion',
    'cvmfs',
    'repositories',
    'image',
    'rootfs',
    'runtimes',
    'configuration',
    'output',
    'launch',
    'registry',
    'requests',
    'publication-requests',
    'files',
    'command-text.ts',
  ],
  'publication-requests': [
    'cache-directory.ts',
    'cvmfs',
    'repositories',
    'image',
    'configuration',
    'output',
    'http',
    'registry',
    'requests',
    'status',
    'secret.ts',
    'command-text.ts',
  ],
  wrap: [
    'shell-text.ts',
    'job',
    'cvmfs',
    'repositories',
    'image',
    'rootfs',
    'runtimes',
    'configuration',
    'output',
    'launch',
    'files',
    'command-text.ts',
  ],
  generate: ['commands', 'program.ts', 'help', 'completion', 'repositories', 'runtimes', 'files'],
  help: ['configuration', 'runtimes'],
  configuration: ['files', 'command-text.ts'],
  runtimes: ['shell-quote.ts', 'launch', 'files', 'command-text.ts', 'secret.ts'],
  launch: ['shell-quote.ts', 'files'],
  cvmfs: [
    'shell-quote.ts',
    'shell-text.ts',
    'cache-directory.ts',
    'http',
    'repositories',
    'image',
    'rootfs',
    'output',
    'files',
    'command-text.ts',
  ],
  rootfs: ['cache-directory.ts', 'files', 'launch'],
  repositories: ['image', 'output', 'command-text.ts'],
  http: ['files', 'secret.ts'],
  registry: ['http', 'image', 'output', 'secret.ts', 'files', 'command-text.ts'],
  requests: ['http', 'image', 'output', 'secret.ts', 'files', 'command-text.ts'],
  status: [
    'cache-directory.ts',
    'cvmfs',
    'repositories',
    'image',
    'registry',
    'rootfs',
    'configuration',
    'output',
    'files',
    'command-text.ts',
  ],
  completion: ['shell-quote.ts', 'cache-directory.ts', 'repositories', 'image', 'output', 'files'],
  batch: [
    'shell-text.ts',
    'wrap',
    'job',
    'cvmfs',
    'repositories',
    'image',
    'runtimes',
    'requests',
    'publication-requests',
    'configuration',
    'launch',
    'output',
    'files',
    'command-text.ts',
  ],
  archive: [],
  conversion: ['archive', 'image', 'registry', 'configuration', 'files', 'output', 'http', 'command-text.ts'],
  store: [
    'store-directory.ts',
    'completion',
    'conversion',
    'registry',
    'repositories',
    'image',
    'rootfs',
    'cvmfs',
    'files',
    'output',
    'command-text.ts',
  ],
  service: ['conversion', 'registry', 'requests', 'image', 'http', 'files', 'output', 'command-text.ts'],
  image: ['output'],
  output: [],
  'context.ts': [],
  'errors.ts': [],
  'error-codes.ts': [],
  'secret.ts': [],
  standalone: [],
};

/** Small things that everyone may import. */
const GROUND: ReadonlySet<string> = new Set(['errors.ts', 'error-codes.ts', 'schema-version.ts']);

const room = (file: string) => relative(SRC, file).split('/')[0]!;

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '');
  const found = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(?!type\b)[^'";]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)|^import '(\.[^']+)'/g,
    ),
  ];
  return found.map(match => resolve(dirname(file), (match[1] ?? match[2] ?? match[3])!));
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => join(SRC, name));

test('every import follows an arrow of the house', () => {
  const wrong = files.flatMap(file =>
    importsOf(file)
      .map(target => [room(file), room(target)] as const)
      .filter(([from, to]) => from !== to && !GROUND.has(to) && !(ARROWS[from] ?? []).includes(to))
      .map(([from, to]) => `${relative(SRC, file)}: ${from} -> ${to}`),
  );
  expect(wrong).toEqual([]);
});

/** What is loaded with a file. */
const statically = (file: string) =>
  importsOf(file).filter(
    target => !new RegExp(`import\\('[^']*${basename(target)}'\\)`).test(readFileSync(file, 'utf8')),
  );

test('the start of run loads nothing of what makes, keeps or publishes images', () => {
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const target of statically(file)) load(target);
  };
  load(join(SRC, 'entry.ts'));
  const rooms = ['archive', 'conversion', 'doctor', 'registry', 'requests', 'service', 'store'];
  const names = [...loaded].map(file => relative(SRC, file));
  expect(names).toContain('job/plan-job.ts');
  expect(names.filter(name => rooms.includes(name.split('/')[0]!))).toEqual([]);
});

test('no imports run in a circle, but by way of import()', () => {
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const walk = (file: string, way: readonly string[]) => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...way.slice(way.indexOf(file)), file].map(name => relative(SRC, name)).join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const target of statically(file)) walk(target, [...way, file]);
    state.set(file, 'done');
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

test('no command imports another command', () => {
  const shared = [
    'command.ts',
    'common-options.ts',
    'job-options.ts',
    'limit-option.ts',
    'status-question.ts',
  ];
  const wrong = files
    .filter(file => room(file) === 'commands')
    .flatMap(file =>
      importsOf(file)
        .filter(
          target => room(target) === 'commands' && !shared.includes(relative(join(SRC, 'commands'), target)),
        )
        .map(target => `${relative(SRC, file)} -> ${relative(SRC, target)}`),
    );
  expect(wrong).toEqual([]);
});

test('only the entry ends the process or writes to the console', () => {
  const wrong = files.filter(
    file =>
      // check-node.ts is the entry's first line: it must run before an import fails on an old Node.js.
      !['entry.ts', 'check-node.ts'].includes(room(file)) &&
      /\bprocess\.exit\(|\bconsole\.(?!ts)/.test(
        readFileSync(file, 'utf8').replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, ''),
      ),
  );
  expect(wrong.map(file => relative(SRC, file))).toEqual([]);
});

test('the judge of situations knows nothing of jcds: it imports from its own folder, from test/hosts and packages', () => {
  const tests = resolve(SRC, '../test');
  const judge = join(tests, 'situations');
  const inJudge = readdirSync(judge, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.m?[jt]s$/.test(name))
    .map(name => join(judge, name));
  const seen = new Set<string>();
  const wrong: string[] = [];
  const walk = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    // Types too: what jcds says of itself is no measure for it.
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const imported = resolve(dirname(file), target);
      if (!/^(?:situations|hosts)\//.test(relative(tests, imported)))
        wrong.push(`${relative(tests, file)} -> ${relative(tests, imported)}`);
      else walk(imported);
    }
  };
  for (const file of inJudge) walk(file);
  expect(inJudge.length).toBeGreaterThan(8);
  expect(wrong).toEqual([]);
});
