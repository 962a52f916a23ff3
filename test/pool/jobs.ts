import fc from 'fast-check';

/** How a job ends by itself: a code, or a signal. */
export type End = { readonly code: number } | { readonly signal: number };

/** A job with the answer that it should come to. */
export interface PoolJob {
  readonly index: number;
  /** In which round it is submitted. */
  readonly round: number;
  readonly image: string;
  /** Seconds. */
  readonly nap: number;
  readonly end: End;
  /** With My.JCDSImage and condor_submit alone, so that the pool's own rules count. */
  readonly isByHand: boolean;
}

export const IMAGES = ['one', 'two', 'three'].map(name => `git.jinr.ru:5005/nica/${name}:1`);

/** Those of runtimes and wrappers among them, which are a job's own all the same. */
const CODES = [1, 3, 75, 125, 126, 127, 255];
const SIGNALS = [9, 15];

/** A pause of the pool's own rules is a minute: where few jobs are wanted, nobody has time for it. */
const FEW = 100;

/** Jobs of every kind, the same for the same seed; the rounds have equally many. */
export function drawJobs(count: number, seed: number, rounds: number): PoolJob[] {
  const end: fc.Arbitrary<End> = fc.oneof(
    { weight: 6, arbitrary: fc.constant({ code: 0 }) },
    { weight: 3, arbitrary: fc.constantFrom(...CODES).map(code => ({ code })) },
    { weight: 1, arbitrary: fc.constantFrom(...SIGNALS).map(signal => ({ signal })) },
  );
  const one = fc.record({
    image: fc.constantFrom(...IMAGES),
    nap: fc.integer({ min: 1, max: 3 }),
    end,
    isByHand: fc.integer({ min: 0, max: 9 }).map(digit => count >= FEW && digit === 0),
  });
  return fc
    .sample(fc.array(one, { minLength: count, maxLength: count }), { numRuns: 1, seed })[0]!
    .map((job, index) => ({ ...job, index, round: Math.floor((index * rounds) / count) }));
}

/**
 * INDEX NAP END MARKS: notes that it was started, and in what; waits; says what stands in its image, and ends as it is told. What it
 * reads at the end it has not read before, so that it knows when its image has gone.
 */
export const JOB = `#!/bin/sh
set -e
echo "\${APPTAINER_CONTAINER:-outside of any image}" >>"$4/$1"
sleep "$2"
read -r proof </proof
echo "$1 $proof"
case $3 in
  signal*)
    kill -"\${3#signal}" $$
    sleep 60
    ;;
  *) exit "$3" ;;
esac
`;

export const endWord = (end: End) => ('signal' in end ? `signal${end.signal}` : String(end.code));

/** What stands in an image and nowhere else. */
export const proofOf = (image: string, seed: number) => `${image} of ${seed}`;
