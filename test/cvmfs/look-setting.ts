import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { Search } from '../../src/cvmfs/find-publication.ts';
import type { ImageContext } from '../../src/cvmfs/look-at-image.ts';
import type { ImageName, RepositoryRow } from '../../src/cvmfs/look-question.ts';
import { parsePlatform } from '../../src/image/platform.ts';
import { parseReference } from '../../src/image/reference.ts';
import { temporaryDirectory } from '../rootfs/tree-on-disk.ts';

const SRC = resolve(import.meta.dirname, '../../src');

/** Bundles a program for plain Node, as the real build does; answers its file. */
export function bundled(source: string, directory: string = temporaryDirectory()): string {
  const outfile = join(directory, 'program.cjs');
  buildSync({
    stdin: { contents: source, resolveDir: SRC, loader: 'ts' },
    bundle: true,
    loader: { '.sh': 'text' },
    platform: 'node',
    target: 'node20.18',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

let lookProgram: string | null = null;

/** The context of a user with an empty cache, and jcds' own look program as the child. */
export function lookContext(changes: Partial<ImageContext> = {}): ImageContext {
  lookProgram ??= bundled(`import { runLookProgram } from './cvmfs/look-program.ts'; runLookProgram();`);
  return {
    self: [process.execPath, lookProgram],
    environment: { PATH: process.env.PATH },
    home: temporaryDirectory(),
    uid: process.getuid?.() ?? 0,
    now: Date.now,
    ...changes,
  };
}

/** An image as it is typed. */
export function named(text: string, platform: string | null = null): ImageName {
  return {
    kind: 'reference',
    reference: parseReference(text),
    platform: platform === null ? null : parsePlatform(platform),
  };
}

/** A row without anything special. */
export function row(name: string, changes: Partial<RepositoryRow> = {}): RepositoryRow {
  return { name, layout: 'detect', allowedLinkTargets: [], ...changes };
}

/** A search in repositories of one root. */
export function search(root: string, names: readonly (string | RepositoryRow)[], timeout = 20): Search {
  return { root, repositories: names.map(name => (typeof name === 'string' ? row(name) : name)), timeout };
}
