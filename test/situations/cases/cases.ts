import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BARE, entering, labelOf, startLines, WAYS, type Way } from '../commands.ts';
import { ORDINARY, type Situation } from '../situation.ts';
import { type Ended, Stage } from '../stage.ts';

/** One situation, what runs in it, and the right outcome. */
export interface Case {
  readonly what: string;
  readonly situation?: Partial<Situation>;
  /** Lines for the image's sh. */
  readonly sh?: string;
  /** The command itself, where it is none of sh. */
  readonly command?: readonly string[];
  /** All of standard output, without the last line end. */
  readonly says: string | RegExp;
  /** What standard error must be; nothing, if nothing is said here. */
  readonly warns?: RegExp;
  readonly code?: number;
  /** What is new on the host afterwards. */
  readonly leaves?: readonly string[];
  /** Where it is tried: both layouts where the layout can matter, else OSG's. */
  readonly layouts?: readonly Situation['layout'][];
  /** All of them, where nothing is said. */
  readonly ways?: readonly Way[];
  /** Whether Apptainer typed by hand does the same: then it is asked as well. */
  readonly byHand?: boolean;
  /** Lines that the caller's shell runs before, where it is. */
  readonly before?: string;
  /** Lines that root runs on the stage before. */
  readonly root?: string;
}

export const BOTH: readonly Situation['layout'][] = ['osg', 'cern'];
/** Those of all ways that this is true of. */
export const waysOf = (isMeant: (way: Way) => boolean): Way[] => WAYS.filter(isMeant);
/** Those whose root jcds puts together itself. */
export const BUILT = waysOf(({ runtime }) => runtime !== 'apptainer');
export const BY_APPTAINER = waysOf(({ runtime }) => runtime === 'apptainer');

/** A stage for the tests of one file. */
export function newStage(): Stage {
  const stage = new Stage({ project: resolve(import.meta.dirname, '../../..'), variables: {} });
  afterAll(() => stage.close());
  return stage;
}

/** Every row as a test for every way and layout. */
export function testCases(stage: Stage, cases: readonly Case[]): void {
  const tried = cases
    .map(row => [row.what, row, startsOf(row)] as const)
    .filter(([, , all]) => all.length > 0);
  describe.concurrent.each(tried)('%s', (_, row, all) => {
    test.each(all)('%s', async (_, layout, way) => {
      const ended = await runCase(stage, row, way, layout);
      const said = { stdout: ended.stdout.replace(/\n$/, ''), stderr: ended.stderr, code: ended.code };
      // Apptainer says by itself what the options of a site do; only jcds promises silence.
      const stderr =
        way === BARE ? said.stderr : row.warns === undefined ? '' : expect.stringMatching(row.warns);
      const stdout = typeof row.says === 'string' ? row.says : expect.stringMatching(row.says);
      expect(said).toEqual({ stdout, stderr, code: row.code ?? 0 });
      expect(ended.left.map(line => line.replace(/^> /, ''))).toEqual(row.leaves ?? []);
    });
  });
}

function startsOf(row: Case) {
  const ways = [...(row.byHand === true ? [BARE] : []), ...(row.ways ?? WAYS)];
  return (row.layouts ?? ['osg']).flatMap(layout =>
    ways.map(way => [`${labelOf(way)}, ${layout}`, layout, way] as const),
  );
}

function runCase(stage: Stage, row: Case, way: Way, layout: Situation['layout']): Promise<Ended> {
  const situation = { ...ORDINARY, layout, ...row.situation };
  const command = row.command ?? ['/bin/sh', '-c', row.sh ?? ':'];
  const lines = `${entering(situation.cwd)}\n${row.before ?? ''}\n${startLines(situation, way, stage.host, command)}`;
  return stage.run(situation, lines, way, row.root);
}
