import type { Context } from '../../context.ts';
import { readRepositoryCache } from '../../cvmfs/client-cache.ts';
import { listAnywhere } from '../../cvmfs/list-anywhere.ts';
import { listPublications } from '../../cvmfs/list-publications.ts';
import { mountAdvice } from '../../cvmfs/no-mount/mount-advice.ts';
import { isUnmounted, type UnreachableReason } from '../../cvmfs/unreachable.ts';
import { bytesText, percentText } from '../../output/amount.ts';
import { type Repository, repositoriesFrom, repositoryNamed, SERVICES } from '../../repositories/index.ts';
import { deadlineIn } from '../../status/deadline.ts';
import { gatherFreshness } from '../../status/gather-freshness.ts';
import type { Check, Finding, Patient } from '../finding.ts';

/** Whether the repositories that are searched can be seen, how current they are, and what answers where none is mounted. */
export const repositories: Check = async (patient, context) => {
  const table = repositoriesFrom(SERVICES, patient.settings.services);
  const rows = patient.search.repositories.map(({ name }) => repositoryNamed(name, table));
  const seen = await Promise.all(rows.map(row => examine(row, patient, context)));
  const isSeen = seen.some(({ mounted }) => mounted);
  // Of several, one that cannot be seen keeps nobody from running the images of the others.
  return seen.flatMap(({ findings }) =>
    findings.map(one => (one.state === 'wrong' && isSeen ? { ...one, state: 'note' as const } : one)),
  );
};

interface Examined {
  readonly mounted: boolean;
  readonly findings: readonly Finding[];
}

async function examine(row: Repository, patient: Patient, context: Context): Promise<Examined> {
  const { root } = patient.search;
  const question = { root, row, timeout: patient.limit / 1000 };
  const end = await listPublications(question, () => false, context);
  if (end.state !== 'unreachable') return { mounted: true, findings: [await current(row, patient, context)] };
  const findings = [
    { ...said(row, end.reason), cure: await cureOf(end.reason, row, patient, context) },
    ...(isUnmounted(end.reason) ? await overHttp(row, patient, context) : []),
  ];
  return { mounted: false, findings };
}

function said({ name }: Repository, { detail }: UnreachableReason): Finding {
  return { subject: name, state: 'wrong', finding: `cannot be seen: ${detail}` };
}

function cureOf(
  reason: UnreachableReason,
  row: Repository,
  { search, requested, job }: Patient,
  context: Context,
): Promise<string> | string {
  if (!isUnmounted(reason)) return reason.hint;
  const { servers, keys } = requested;
  const named = { servers, keys };
  const question = {
    repository: row.name,
    reason,
    root: search.root,
    job,
    services: [row],
    named,
  };
  return mountAdvice(question, context);
}

/** A mounted repository: its revision against the servers', and the cache that it has. */
async function current(
  row: Repository,
  { search, settings, requested, limit }: Patient,
  context: Context,
): Promise<Finding> {
  const { root } = search;
  const { network } = settings;
  const [freshness, cache] = await Promise.all([
    gatherFreshness(row, { root, servers: requested.servers, network, deadline: deadlineIn(limit) }, context),
    readRepositoryCache({ root, repository: row.name, timeout: limit }, context),
  ]);
  const { version } = freshness.client;
  const { quota, used } = cache;
  const facts = [
    `can be seen at ${root}/${row.name}`,
    freshness.sentence,
    ...(version === null ? [] : [`CVMFS client ${version}`]),
    ...(quota === null || used === null || quota === 0
      ? []
      : [`cache: ${bytesText(used)} of ${bytesText(quota)} (${percentText((100 * used) / quota)})`]),
  ];
  const isOld = freshness.standing === 'behind';
  return { subject: row.name, state: isOld ? 'note' : 'well', finding: facts.join('; ') };
}

/** What the signed repository itself answers: names and states, but no job runs by it. */
async function overHttp(
  row: Repository,
  { search, requested, limit }: Patient,
  context: Context,
): Promise<Finding[]> {
  if (requested.when === 'never') return [];
  const question = { root: search.root, row, timeout: limit / 1000 };
  const end = await listAnywhere(question, () => false, { ...requested, when: 'only' }, context);
  const subject = `${row.name} over HTTP`;
  return end.state === 'unreachable'
    ? [{ subject, state: 'note', finding: end.reason.detail, cure: end.reason.hint }]
    : [{ subject, state: 'well', finding: 'answers: list, status and wait work without a mount' }];
}
