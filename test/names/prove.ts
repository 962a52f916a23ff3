import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { trees } from '../repositories/name-trees.ts';
import type { ProofOptions, ProofResult } from '../situations/prove.ts';
import { makeRepository, SERVICE_OF, type ServedLayout } from './repository.ts';

const LAYOUTS = Object.keys(SERVICE_OF) as ServedLayout[];
/** Trees whose paths stand in one repository, so that names of all of them are neighbours. */
const TREES = 400;

/**
 * `names`: every line of `jcds list`, typed back, leads to its own path, in whole processes over real directories. What a line's
 * own path is, is not taken from jcds: it is the line, with a digest written as file names write it.
 */
export async function proveNames({ project, count, seed, say }: ProofOptions): Promise<ProofResult> {
  const root = mkdtempSync(join(tmpdir(), 'jcds-names-'));
  const stand = { jcds: join(project, 'bin/jcds'), root };
  const judged: Record<ServedLayout, number> = { osg: 0, cern: 0, files: 0 };
  const total = () => Object.values(judged).reduce((sum, part) => sum + part, 0);
  let [failed, wholePaths, repositories] = [0, 0, 0];
  try {
    for (let round = 0; total() < count || round < LAYOUTS.length; round += 1) {
      const layout = LAYOUTS[round % LAYOUTS.length]!;
      const drawn = fc.sample(trees(layout), { seed: seed + round, numRuns: Math.min(TREES, count) }).flat();
      const paths = makeRepository(root, layout, drawn);
      const lines = listed(stand, layout);
      const wrong = [
        ...unlisted(lines, paths, stand, layout),
        ...unnamed(lines, stand, layout),
        ...misled(lines, paths, stand, layout),
      ];
      for (const line of wrong) say(`${layout}, seed ${seed + round}: ${line}`);
      failed += wrong.length;
      judged[layout] += lines.length;
      wholePaths += lines.filter(line => line.startsWith('/')).length;
      repositories += 1;
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return { judged: total(), failed, lines: [], facts: { byLayout: judged, repositories, wholePaths } };
}

interface Stand {
  readonly jcds: string;
  readonly root: string;
}

/** The path below the repository that a line of `list` stands for; null: none that was published. */
function ownPath(
  line: string,
  paths: ReadonlySet<string>,
  { root }: Stand,
  layout: ServedLayout,
): string | null {
  const top = join(root, SERVICE_OF[layout], '/');
  const path = line.startsWith(top) ? line.slice(top.length) : line.replace('@sha256:', ':sha256:');
  return paths.has(path) ? path : null;
}

/** What was published and stands in no line, and lines that nothing was published for. */
function unlisted(
  lines: readonly string[],
  paths: readonly string[],
  stand: Stand,
  layout: ServedLayout,
): string[] {
  const known = new Set(paths);
  const told = new Set(lines.map(line => ownPath(line, known, stand, layout)));
  return [
    ...paths.filter(path => !told.has(path)).map(path => `${path} is not listed`),
    ...lines
      .filter(line => ownPath(line, known, stand, layout) === null)
      .map(line => `${line} is listed, and not published`),
  ];
}

const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST = '[a-z0-9]+(?:-+[a-z0-9]+)*(?:\\.[a-z0-9]+(?:-+[a-z0-9]+)*)+';
const HUB = 'docker[.]io|index[.]docker[.]io|registry-1[.]docker[.]io|registry[.]hub[.]docker[.]com';
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
/** Paths that are names by the grammar of distribution/reference, and mean themselves in their layout. */
const NAMES: Readonly<Record<ServedLayout, RegExp>> = {
  // One part behind a name of Docker Hub gets `library/`.
  osg: new RegExp(`^(?!(?:${HUB})/[^/]+$)(?:[a-z0-9]+(?:(?:__?|-+)[a-z0-9]+)*|${HOST})(?:/${PART})+:${TAG}$`),
  cern: new RegExp(
    `^(?:(?:${HOST}|localhost)(?::[0-9]+)?/${PART}/${PART}(?:/${PART})*:${TAG}|${HOST}/${PART}/${PART}:sha256:[0-9a-f]{64})$`,
  ),
  files: new RegExp(`^all/${PART}:${TAG}$`),
};

/** Lines that are whole paths although the path below the repository is a name: `list` would print any fault of the search so. */
function unnamed(lines: readonly string[], { root }: Stand, layout: ServedLayout): string[] {
  const top = join(root, SERVICE_OF[layout], '/');
  return lines
    .filter(line => line.startsWith(top) && NAMES[layout].test(line.slice(top.length)))
    .map(line => `${line.slice(top.length)} is listed by its whole path`);
}

/** Lines that `status` takes for another path than their own, or for none. */
function misled(
  lines: readonly string[],
  paths: readonly string[],
  stand: Stand,
  layout: ServedLayout,
): string[] {
  const known = new Set(paths);
  const { stdout, stderr } = run(stand, 'status', layout, ['--json', ...lines]);
  const found = JSON.parse(stdout) as { state: string; path: string | null }[];
  if (found.length !== lines.length)
    throw new Error(`${lines.length} names, ${found.length} answers: ${stderr}`);
  return lines.flatMap((line, index) => {
    const own = ownPath(line, known, stand, layout);
    const { state, path } = found[index]!;
    const right = own === null ? null : join(stand.root, SERVICE_OF[layout], own);
    return state === 'published' && path === right ? [] : [`${line} is ${state} at ${path}, not at ${right}`];
  });
}

function listed(stand: Stand, layout: ServedLayout): string[] {
  return run(stand, 'list', layout, [])
    .stdout.split('\n')
    .filter(line => line !== '');
}

function run({ jcds, root }: Stand, command: string, layout: ServedLayout, words: readonly string[]) {
  const home = join(root, 'home');
  const { status, stdout, stderr } = spawnSync(
    jcds,
    [command, '--cvmfs-root', root, '--repository', SERVICE_OF[layout], '--cvmfs-timeout', '600', ...words],
    {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home, JCDS_NETWORK: 'false' },
      maxBuffer: 1 << 30,
    },
  );
  if (status !== 0 && status !== 1) throw new Error(`jcds ${command} ended with ${status}: ${stderr}`);
  return { stdout, stderr };
}
