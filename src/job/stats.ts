import { readFileSync } from 'node:fs';
import type { Context } from '../context.ts';
import { readAttributes } from '../cvmfs/attributes.ts';
import { clientTraffic } from '../cvmfs/client-view.ts';
import { readPlace } from '../files/read.ts';
import { fromBytes } from '../launch/bytes.ts';
import { parseEnvironment } from '../launch/launcher-environment.ts';
import { isShellName } from '../launch/shell-names.ts';
import { jobScript, type StatsRequest } from '../launch/stats-plan.ts';
import { endLike, type JobEnd, supervise } from '../launch/supervise.ts';
import { bytesText } from '../output/amount.ts';
import { jsonLine } from '../output/json.ts';
import { safeText } from '../output/safe-text.ts';

/** Milliseconds that a look at the mount may take, before the job and after it. */
const TIMEOUT = 2000;

/**
 * Runs a job as a child and tells afterwards, on standard error, what it took. Answers its code; where a signal ended
 * the job, it ends this process too.
 * @param descriptor where the launcher has put the plan
 * @param words the caller's
 */
export async function runWithStats(
  descriptor: number,
  request: StatsRequest,
  words: readonly string[],
  context: Pick<Context, 'environment' | 'stderr'>,
): Promise<number> {
  const plan = readFileSync(descriptor);
  const before = await received(request, context);
  const script = jobScript(plan, request.state, words, damagedVariables());
  const end = await supervise(script, request.state.descriptors, descriptor);
  const after = await received(request, context);
  context.stderr.write(statsText(request, end, before === null || after === null ? null : after - before));
  endLike(end);
  return end.code;
}

/** Bytes that the client has downloaded for everybody since it mounted the repository; null: it does not tell. */
async function received(
  { mount }: StatsRequest,
  { environment }: Pick<Context, 'environment'>,
): Promise<number | null> {
  const question = { path: mount, names: ['rx'], environment, timeout: TIMEOUT };
  return clientTraffic(await readAttributes(question)).received;
}

/** Node hands variables on as UTF-8: those that are not are given to the shell as the bytes they are. */
function damagedVariables(): readonly (readonly [name: string, value: string])[] {
  try {
    const entries = parseEnvironment(readPlace('system', '/proc/self/environ').bytes);
    return entries.filter(([name, value]) => isShellName(name) && value !== fromBytes(Buffer.from(value)));
  } catch {
    return [];
  }
}

/** What is told after the job. `downloaded` is the mount's, not the job's: whoever read at the same time is in it. */
export function statsText(request: StatsRequest, end: JobEnd, downloaded: number | null): string {
  const { image, repository, json } = request;
  const seconds = Math.round(end.wall) / 1000;
  if (json) {
    const stats = {
      image,
      repository,
      wallSeconds: seconds,
      exitCode: end.code,
      signal: end.signal,
      largestProcessBytes: end.peak,
      hostDownloadedBytes: downloaded,
    };
    return jsonLine({ stats });
  }
  const lines = [
    `stats of ${safeText(image)}`,
    `  wall time    ${seconds.toFixed(seconds < 10 ? 2 : 1)} s`,
    `  exit code    ${end.code}${end.signal === null ? '' : ` (${end.signal})`}`,
    `  peak memory  ${end.peak === null ? 'not known' : `at least ${bytesText(end.peak)}, by its largest process`}`,
    `  downloaded   ${downloadText(repository, downloaded)}`,
  ];
  return lines.map(line => `jcds: ${line}\n`).join('');
}

function downloadText(repository: string, bytes: number | null): string {
  if (bytes === null) return `not known: the CVMFS client of ${repository} does not tell`;
  // A mount that was made anew meanwhile counts from nothing.
  if (bytes < 0) return `not known: ${repository} was mounted anew meanwhile`;
  return `${bytesText(bytes)} by this host from ${repository} meanwhile, whoever read it`;
}
