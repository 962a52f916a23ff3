import { labelOf, SAMPLED, WAYS, type Way } from './commands.ts';
import { drawSituations } from './draw.ts';
import { faultLines, inOrder, judge, kindOf, shrink, type Verdict, waysFor } from './judge.ts';
import { ORDINARY, remarkable, type Situation } from './situation.ts';
import { Stage } from './stage.ts';
import { tableFaults } from './stated.ts';

/** How a proof is asked for: by `npm run prove -- NAME …` */
export interface ProofOptions {
  readonly project: string;
  readonly count: number;
  readonly seed: number;
  /** One situation, as it was printed, in place of drawn ones. */
  readonly only?: string;
  /** Only these ways, by their labels. */
  readonly ways?: readonly string[];
  readonly shrink: 'none' | 'first' | 'each';
  /** Fields that are not looked at. */
  readonly without: readonly string[];
  readonly say: (line: string) => void;
}

/** What a proof found. */
export interface ProofResult {
  readonly judged: number;
  readonly failed: number;
  readonly lines: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** `situations`: the differential suite, as many as wanted. */
export async function proveSituations(options: ProofOptions): Promise<ProofResult> {
  const stage = new Stage({ project: options.project, variables: {} });
  try {
    const drawn =
      options.only === undefined ? drawSituations(options.count, options.seed) : [typed(options.only)];
    const verdicts = await inOrder(drawn, async (situation, index) => {
      const verdict = without(await judge(stage, situation, chosen(options, index)), options);
      if (verdict.faults.length > 0) options.say(report(index, verdict));
      return verdict;
    });
    return await summary(stage, verdicts, options);
  } finally {
    stage.close();
  }
}

function without(verdict: Verdict, options: ProofOptions): Verdict {
  return { ...verdict, faults: verdict.faults.filter(({ field }) => !options.without.includes(field)) };
}

function typed(json: string): Situation {
  return { ...ORDINARY, ...(JSON.parse(json) as Partial<Situation>) };
}

function chosen({ ways, only }: ProofOptions, index: number): readonly Way[] {
  const all = [...WAYS, ...SAMPLED];
  if (ways !== undefined) return all.filter(way => ways.includes(labelOf(way)));
  return only === undefined ? waysFor(index, []) : WAYS;
}

function report(index: number, verdict: Verdict): string {
  return [`situation ${index}: ${pasted(verdict.situation)}`, ...faultLines(verdict)].join('\n');
}

/** The line that runs it again. */
export function pasted(situation: Situation): string {
  return `npm run prove -- situations --only '${JSON.stringify(remarkable(situation)).replaceAll("'", "'\\''")}'`;
}

/** What is made small: the first fault, or one of each field and kind of start. */
function examples(failed: readonly Verdict[], options: ProofOptions) {
  const all = failed.flatMap(({ situation, faults }) => faults.map(fault => ({ situation, fault })));
  if (options.shrink === 'none') return [];
  if (options.shrink === 'first') return all.slice(0, 1);
  const keyOf = ({ fault }: (typeof all)[number]) => kindOf(fault);
  return all.filter((one, index) => all.findIndex(other => keyOf(other) === keyOf(one)) === index);
}

async function summary(
  stage: Stage,
  verdicts: readonly Verdict[],
  options: ProofOptions,
): Promise<ProofResult> {
  const failed = verdicts.filter(({ faults }) => faults.length > 0);
  const lines: string[] = [];
  for (const { situation, fault } of examples(failed, options)) {
    const smallest = await shrink(stage, situation, fault);
    const verdict = without(await judge(stage, smallest, WAYS), options);
    lines.push(`made small: ${pasted(smallest)}`, ...faultLines(verdict));
  }
  // Sampled ways are too few to tell.
  const table = tableFaults(
    verdicts.map(({ stated }) => stated),
    chosen(options, 1),
  );
  const givenUp = verdicts.flatMap(({ givenUp }) => givenUp.map(labelOf));
  return {
    judged: verdicts.length,
    failed: failed.length + table.faults.length,
    lines: [...lines, ...table.faults],
    facts: {
      ways: chosen(options, 1).map(labelOf),
      bareRan: verdicts.filter(({ bareRan }) => bareRan).length,
      givenUp: Object.fromEntries([...new Set(givenUp)].map(label => [label, count(givenUp, label)])),
      stated: table.counts,
    },
  };
}

function count(labels: readonly string[], label: string): number {
  return labels.filter(one => one === label).length;
}
