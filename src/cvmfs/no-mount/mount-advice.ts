import type { Context } from '../../context.ts';
import { type Repository, repositoryNamed } from '../../repositories/index.ts';
import type { UnreachableReason } from '../unreachable.ts';
import { mountFacts } from './mount-facts.ts';
import { type Way, waysToMount } from './ways-to-mount.ts';

/** What was to be done with an image of a repository that is not mounted. */
export interface MountQuestion {
  readonly repository: string;
  readonly reason: UnreachableReason;
  /** The CVMFS root in use. */
  readonly root: string;
  /** The words that do it once it is mounted, quoted: `jcds run IMAGE`. */
  readonly job: string;
  readonly services: readonly Repository[];
  /** What the user names of it. */
  readonly named: { readonly servers: readonly string[]; readonly keys: readonly string[] };
}

/** How to get a mount on this host, as lines of a hint: what is possible here, each as a command to type. */
export async function mountAdvice(
  { repository, reason, root, job, services, named }: MountQuestion,
  context: Pick<Context, 'environment' | 'uid'>,
): Promise<string> {
  // An automounter is a client that is set up: it lacks something, which the reason names.
  if (reason.code === 'NOT_KNOWN') return reason.hint;
  const facts = await mountFacts(repositoryNamed(repository, services), root, named, context);
  return adviceLines(waysToMount(facts, job), reason, facts.isLinux);
}

/** The lines. Pure. */
export function adviceLines(ways: readonly Way[], reason: UnreachableReason, isLinux: boolean): string {
  if (!isLinux)
    return 'images run on Linux: use a Linux machine, or a virtual one such as Lima’s or podman’s';
  if (ways.length === 0) return `no way to mount it without help is open on this host: ${reason.hint}`;
  return [
    'images come by CVMFS, a read-only network file system; this host can mount it:',
    ...ways.map(({ needs, command }) => `  ${needs}: ${command}`),
    'or say where it is mounted with --cvmfs-root',
  ].join('\n');
}
