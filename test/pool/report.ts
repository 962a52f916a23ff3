import { isDeepStrictEqual } from 'node:util';
import { type End, endWord, type PoolJob, proofOf } from './jobs.ts';

/** What a job has come to. One that is not known of is lost. */
export interface Came {
  readonly end: End;
  readonly isOnSecond: boolean;
  readonly starts: number;
  /** Its standard output at the end. */
  readonly said: string;
  /** A line for each time that it was started: the root that it found itself in. */
  readonly marks: string;
}

/** The jobs that were submitted while the second machine had lost something. */
export interface Round {
  readonly name: string;
  readonly jobs: readonly PoolJob[];
  /** Why jobs were held, once for each time. */
  readonly failures: readonly string[];
  /** What one of them has to be, or nothing is proved. */
  readonly reason: RegExp;
}

type Known = ReadonlyMap<number, Came>;

const isRight = ({ index, image, end }: PoolJob, came: Came, seed: number) =>
  isDeepStrictEqual(came.end, end) && came.said === `${index} ${proofOf(image, seed)}\n`;

/** Whether it was ever started somewhere else than in an image. */
const isOutside = ({ marks }: Came) => marks.split('\n').some(line => line !== '' && !line.startsWith('/'));

/** A line for everything that went wrong. */
export function faultsOf({ name, jobs, failures, reason }: Round, known: Known, seed: number): string[] {
  const none = failures.some(text => reason.test(text))
    ? []
    : [`${name}: no job met it, so nothing is proved`];
  const faults = jobs.flatMap(job => {
    const came = known.get(job.index);
    const wanted = `job ${job.index} (${job.image}, ${endWord(job.end)})`;
    if (came === undefined) return [`${wanted} is lost`];
    if (isOutside(came)) return [`${wanted} ran outside of its image: ${JSON.stringify(came.marks)}`];
    return isRight(job, came, seed)
      ? []
      : [`${wanted} ended with ${endWord(came.end)} and said ${JSON.stringify(came.said)}`];
  });
  return [...none, ...faults];
}

const HEADS = [
  'the second machine lost',
  'jobs',
  'tries that it failed',
  'tried again',
  'ended on the first',
  'on the second',
];

/** The table of what happened, and what the held jobs were told, each wording once with how often. */
export function tableOf(rounds: readonly Round[], known: Known, seed: number): string[] {
  const rows = rounds.map(({ name, jobs, failures }) => {
    const came = jobs.flatMap(job => known.get(job.index) ?? []);
    const count = (holds: (one: Came) => boolean) => came.filter(holds).length;
    const right = jobs.filter(job => {
      const one = known.get(job.index);
      return one !== undefined && isRight(job, one, seed);
    }).length;
    return [
      ...[name, jobs.length, failures.length, count(({ starts }) => starts > 1)],
      ...[count(({ isOnSecond }) => !isOnSecond), count(({ isOnSecond }) => isOnSecond)],
      ...[right, count(isOutside), jobs.length - came.length],
    ];
  });
  const heads = [...HEADS, 'right', 'outside', 'lost'];
  const words = new Map<string, number>();
  for (const { failures } of rounds)
    for (const text of failures.map(shortened)) words.set(text, (words.get(text) ?? 0) + 1);
  return [
    ...[heads, heads.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`),
    ...[...words].map(([text, times]) => `${times} times: ${text}`),
  ];
}

/** Without what differs from job to job. */
const shortened = (text: string) => text.replace(/\/\S+/g, 'DIRECTORY').replace(/ended with \S+/, 'ended');
