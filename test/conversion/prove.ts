import { rmSync } from 'node:fs';
import { makeTar, type TestEntry } from '../archive/make-tar.ts';
import { imageOf, Scratch } from './scratch.ts';

/** What `npm run prove -- archives` gives. */
interface Asked {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Longer than any archive of this size may take, in milliseconds, on a machine that does other things as well. */
const LONGEST = 20_000;
const ORIGIN = { bootstrap: 'docker', from: 'x' } as const;

/**
 * Converts random images, most of them hostile, some of them no archives at all. After each everything outside of the root is as it was, and what failed is
 * an error with a name. Answers what was judged and what failed, with the number of the case.
 */
export async function proveArchives({ count, seed, say }: Asked) {
  const scratch = new Scratch();
  const before = scratch.outside().join('\n');
  const failures: string[] = [];
  const facts = { trees: 0, errors: {} as Record<string, number> };
  try {
    for (let number = 0; number < count; number += 1) {
      const random = generator(seed + number * 2_654_435_761);
      const layers = Array.from({ length: 1 + random(3) }, () => layerOf(random, `${scratch.at}/host`));
      const started = performance.now();
      try {
        const { error } = await scratch.convert(
          imageOf(layers),
          { bytes: 100_000_000 },
          random(4) === 0 ? ORIGIN : null,
        );
        if (error === null) facts.trees += 1;
        else facts.errors[error.code] = (facts.errors[error.code] ?? 0) + 1;
      } catch (thrown) {
        failures.push(`${number}: ${(thrown as Error).stack}`);
      }
      if (performance.now() - started > LONGEST) failures.push(`${number}: took too long`);
      rmSync(scratch.root, { recursive: true, force: true });
      if (scratch.outside().join('\n') !== before) {
        failures.push(`${number}: something outside of the root has changed`);
        break;
      }
      if (number % 10_000 === 9999) say(`${number + 1} done, ${failures.length} failed`);
    }
  } finally {
    scratch.remove();
  }
  return { judged: count, failed: failures.length, lines: failures.slice(0, 20), facts };
}

type Random = (below: number) => number;

/** Small numbers from a seed (mulberry32). */
function generator(seed: number): Random {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NAMES = [
  'a',
  'b',
  'c',
  'd',
  'a',
  'b',
  'c',
  'd',
  'a',
  'b',
  'c',
  'lnk',
  '..',
  '.',
  '',
  '.wh.a',
  '.wh.lnk',
  '.wh..wh..opq',
  '.wh..wh.plnk',
  'etc',
  '.singularity.d',
  'runscript',
  '\xff',
  'victim',
];
const TYPES = ['0', '0', '0', '5', '5', '2', '2', '1', '3', '6', '7', '\0'];
const RARE = ['L', 'x', 'Z'];

function layerOf(random: Random, host: string): Buffer {
  const archive = makeTar(Array.from({ length: random(8) }, () => entryOf(random, host)));
  switch (random(4)) {
    case 0:
      return archive.subarray(0, random(archive.length + 1));
    case 1: {
      const damaged = Buffer.from(archive);
      for (let bytes = random(6); bytes > 0; bytes -= 1) damaged[random(damaged.length)] = random(256);
      return damaged;
    }
    default:
      return archive;
  }
}

function pathOf(random: Random, host: string): string {
  const parts = Array.from({ length: 1 + random(4) }, () => NAMES[random(NAMES.length)]!);
  switch (random(5)) {
    case 0:
      return `${host}/${parts.join('/')}`;
    case 1:
      return `${'../'.repeat(random(9))}${host.slice(1)}/victim`;
    default:
      return parts.join('/');
  }
}

function entryOf(random: Random, host: string): TestEntry {
  const type = random(60) === 0 ? RARE[random(RARE.length)]! : TYPES[random(TYPES.length)]!;
  const content = type === '0' || random(5) === 0 ? 'x'.repeat(random(1200)) : '';
  return {
    name: pathOf(random, host),
    type,
    content,
    link: pathOf(random, host),
    mode: random(0o10000),
    ...(random(8) === 0 ? { size: random(3000) } : {}),
    ...(random(6) === 0 ? { pax: { path: pathOf(random, host) } } : {}),
    ...(random(10) === 0 ? { gnuName: pathOf(random, host) } : {}),
    ...(random(10) === 0
      ? {
          pax: {
            'GNU.sparse.map': `${random(9)},${random(9)},${random(40)},${random(9)}`,
            'GNU.sparse.size': `${random(60)}`,
            'GNU.sparse.name': pathOf(random, host),
          },
        }
      : {}),
  };
}
