import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobEvent } from '../batch/event-log.ts';
import { SecondMachine } from '../hosts/second-machine.ts';
import type { ProofOptions, ProofResult } from '../situations/prove.ts';
import { drawJobs, type PoolJob } from './jobs.ts';
import { type Came, faultsOf, type Round, tableOf } from './report.ts';
import { PoolStage, WELL } from './stage.ts';

/** What the second machine loses. */
interface Loss {
  readonly name: string;
  /** Whether jobs run there already when it goes; else it is gone before the first of them comes. */
  readonly isUnderJobs: boolean;
  readonly take: (second: SecondMachine) => Promise<void>;
  readonly giveBack: (second: SecondMachine, stage: PoolStage) => Promise<void>;
  /** What it tells then: of no runtime nothing is printed. */
  readonly told: string;
  /** Why jobs are held then: at least one has to be. */
  readonly reason: RegExp;
}

const LOSSES: readonly Loss[] = [
  {
    name: 'its runtime',
    isUnderJobs: false,
    take: second => second.takeRuntime(),
    giveBack: second => second.giveRuntime(),
    told: 'true true',
    reason: /apptainer: is not installed/,
  },
  {
    name: 'its mount',
    isUnderJobs: true,
    take: second => second.killMount(),
    giveBack: async (second, { repository }) => {
      await second.unmount();
      await second.mount(repository, repository);
    },
    told: 'true false apptainer',
    reason: /CVMFS went away under the job/,
  },
  {
    name: 'its user namespaces',
    isUnderJobs: false,
    take: second => second.takeNamespaces(),
    giveBack: second => second.giveNamespaces(),
    told: 'true true',
    reason: /apptainer did not start the job/,
  },
];

/** Seconds that jobs wait longer where something goes under them. */
const LONGER = 6;
/** Seconds for the jobs of a round, beside one for each: the machines share the cores of this one. */
const PATIENCE = 120;

/**
 * `pool`: jobs over two machines, one of which loses its runtime, then its mount, then its user namespaces. Each has to come to its own
 * end, with the answer that only its image has, whatever was lost where it ran first.
 */
export async function provePool({ count, seed, say }: ProofOptions): Promise<ProofResult> {
  const jobs = drawJobs(count, seed, LOSSES.length);
  const stage = await PoolStage.start(seed);
  try {
    const ids = new Map<number, string>();
    const rounds: Round[] = [];
    for (const [at, loss] of LOSSES.entries()) {
      const own = jobs.filter(({ round }) => round === at);
      const failures = await loseAndGive(stage, loss, own, ids);
      rounds.push({ ...loss, jobs: own, failures });
      say(`${loss.name}: ${own.length} jobs`);
    }
    await until(stage, jobs, ids, count);
    const came = await whatCame(stage, jobs, ids);
    const lines = rounds.flatMap(round => faultsOf(round, came, seed));
    return {
      judged: jobs.length,
      failed: lines.length,
      lines: [...lines, ...tableOf(rounds, came, seed)],
      facts: {
        machines: 2,
        byHand: jobs.filter(({ isByHand }) => isByHand).length,
        ...Object.fromEntries(rounds.map(({ name, failures }) => [`lost ${name}`, failures.length])),
      },
    };
  } finally {
    await stage.close();
  }
}

/** One round. Answers why jobs were held since the machine had lost something, once for each time. */
async function loseAndGive(
  stage: PoolStage,
  { isUnderJobs, take, giveBack, told }: Loss,
  own: readonly PoolJob[],
  ids: Map<number, string>,
): Promise<string[]> {
  const { second, log } = stage;
  // So that what goes under jobs has time to.
  const jobs = isUnderJobs ? own.map(job => ({ ...job, nap: job.nap + LONGER })) : own;
  const before = log.events().length;
  await stage.look(WELL);
  if (!isUnderJobs) await take(second);
  for (const [index, id] of await stage.submit(jobs)) ids.set(index, id);
  if (isUnderJobs) {
    await log.until(events => events.slice(before).some(isStartThere));
    const there = log.events().slice(before).filter(isStartThere);
    await stage.inImage(jobs.filter(({ index }) => there.some(({ job }) => job === ids.get(index))));
    await take(second);
  }
  const held = () =>
    log
      .events()
      .slice(before)
      .filter(({ code, text }) => code === 12 && / Subcode 75$/m.test(text));
  await log.until(() => held().length > 0);
  await stage.look(told);
  await until(
    stage,
    jobs.filter(({ isByHand }) => !isByHand),
    ids,
    jobs.length,
  );
  await giveBack(second, stage);
  return held().map(({ text }) => text.split('\n')[1]?.trim() ?? '');
}

const isStartThere = ({ code, text }: JobEvent) => code === 1 && isThere(text);
const isThere = (text: string) => text.includes(`@${SecondMachine.host}`);

/** Waits until these jobs have come to an end. Whoever has not by then is lost, which the report says. */
async function until(
  { log }: PoolStage,
  jobs: readonly PoolJob[],
  ids: ReadonlyMap<number, string>,
  count: number,
): Promise<void> {
  const haveEnded = (events: readonly JobEvent[]) => {
    const ended = new Set(events.filter(({ code }) => code === 5).map(({ job }) => job));
    return jobs.every(({ index }) => ended.has(ids.get(index) ?? ''));
  };
  await log.until(haveEnded, PATIENCE + count).catch(() => undefined);
}

async function whatCame(
  stage: PoolStage,
  jobs: readonly PoolJob[],
  ids: ReadonlyMap<number, string>,
): Promise<Map<number, Came>> {
  const clusters = [...new Set([...ids.values()].map(id => id.split('.')[0]!))];
  const attributes = [
    'JobStatus',
    'ExitBySignal',
    'ExitBySignal ? ExitSignal : ExitCode',
    'LastRemoteHost',
    'NumShadowStarts',
  ];
  const records = await stage.history(clusters, ...attributes);
  return new Map(
    jobs.flatMap(({ index }): [number, Came][] => {
      const record = records.find(([cluster, process]) => `${cluster}.${process}` === ids.get(index));
      if (record === undefined || record[2] !== '4') return [];
      const [, , , bySignal, number, host = '', starts] = record;
      const text = (folder: string) => readFileSync(join(stage.pool.folder, folder, String(index)), 'utf8');
      const end = bySignal === 'true' ? { signal: Number(number) } : { code: Number(number) };
      return [
        [
          index,
          { end, isOnSecond: isThere(host), starts: Number(starts), said: text('out'), marks: text('marks') },
        ],
      ];
    }),
  );
}
