import { cacheDirectory } from '../../cache-directory.ts';
import { isBatchJob } from '../../configuration/batch-variables.ts';
import { readCaller } from '../../job/caller.ts';
import { RUNTIMES } from '../../runtimes/index.ts';
import { probeContext } from '../../runtimes/probe-context.ts';
import type { Runtime, Verdict } from '../../runtimes/runtime.ts';
import { UnknownRuntimeError } from '../../runtimes/select.ts';
import { trial } from '../../runtimes/trial.ts';
import type { Check, Finding } from '../finding.ts';

/** Which container runtimes work on this host, each tried as for a job. @throws UnknownRuntimeError */
export const runtimes: Check = async ({ settings }, context) => {
  const table: Readonly<Record<string, Runtime>> = RUNTIMES;
  const names = settings.runtimes.length > 0 ? settings.runtimes : Object.keys(table);
  const unknown = names.find(name => !Object.hasOwn(table, name));
  if (unknown !== undefined) throw new UnknownRuntimeError(unknown);
  const excluded = isBatchJob(context.environment) ? settings.batchExcludes : [];
  const search = probeContext(context.environment, context.uid, cacheDirectory(context));
  const { uid, gid, userName, launcherPid } = context;
  const { umask, limits, groups } = readCaller(launcherPid);
  const request = trial(search.which('sh') ?? '/bin/sh', {
    ...{ contain: false, umask, limits },
    user: { uid, gid, name: userName, groups },
  });
  // There is no image yet: apptainer tries the host's own root then.
  const asked = { ...request, image: { ...request.image, path: '/' } };
  const tried = await Promise.all(
    names.map(async name => ({ name, verdict: await table[name]!.probe(search, asked) })),
  );
  const used = tried.find(({ name, verdict }) => verdict.works && !excluded.includes(name))?.name;
  return tried.map(({ name, verdict }) => told(name, verdict, { used, excluded }));
};

function told(
  name: string,
  verdict: Verdict,
  { used, excluded }: { readonly used: string | undefined; readonly excluded: readonly string[] },
): Finding {
  const state = used === undefined ? 'wrong' : 'note';
  if (!verdict.works) return { subject: name, state, finding: verdict.reason, cure: verdict.cure };
  if (excluded.includes(name))
    return { subject: name, state, finding: 'works, but is kept out of batch jobs (batchExcludes)' };
  const { version, program } = verdict.host;
  const use = name === used ? '; jobs run by it' : '';
  return { subject: name, state: 'well', finding: `works: ${version} (${program})${use}` };
}
