import type { PlaceInRepository } from '../repositories/image-path.ts';
import type { LayoutName } from '../repositories/layouts/index.ts';
import { shellText } from '../shell-text.ts';
import { runShell } from './abandonable-child.ts';
import { DEFAULT_CVMFS_ROOT } from './root.ts';
import FAST_LOOK from './shell/fast-look.sh';

/** One place in one repository, and how its layout is decided. */
export interface FastQuestion {
  readonly root: string;
  readonly repository: string;
  /** The best candidate, by the layout that the repository's root shows; one that cannot be is null. */
  readonly candidates: Readonly<Record<LayoutName, string | null>>;
  /**
   * A name that leaves the question to the careful look where the repository's root has it and the candidate does not begin
   * with it: what is spelled as the reference goes before the candidate. null: there is none.
   */
  readonly spelled: string | null;
  /** The row's layout, or `detect`. */
  readonly layout: LayoutName | 'detect';
  /** Milliseconds. */
  readonly timeout: number;
}

/** What was found beyond doubt. Anything else (missing, broken, slow, unusual) is for the careful look. */
export interface FastFinding {
  readonly layout: LayoutName;
  readonly entryPath: string;
  readonly targetPlace: PlaceInRepository;
  readonly target: string;
  readonly kind: 'directory' | 'file';
}

const SCRIPT = shellText(FAST_LOOK);

/** Looks at one place. null: look carefully. */
export function lookFast(question: FastQuestion): FastFinding | null {
  const { root, repository, candidates, layout, spelled, timeout } = question;
  const decided = layout === 'detect' ? candidates.osg : candidates[layout];
  const rewrite = root === DEFAULT_CVMFS_ROOT ? '' : root;
  const args = [
    `${root}/${repository}`,
    candidates.cern ?? '',
    decided ?? '',
    layout,
    rewrite,
    spelled ?? '',
  ];
  const run = runShell(SCRIPT, args, timeout);
  return run.state === 'ended' && run.code === 0 ? readFinding(run.output, question) : null;
}

/** The answer is five whole lines, and the place lies in the repository (nothing that a link may name is trusted). */
function readFinding(output: Buffer, { repository, candidates }: FastQuestion): FastFinding | null {
  const text = output.toString('utf8');
  const [layout, kind, root, target, end, rest, ...more] = text.split('\n');
  if (root === undefined || target === undefined || end !== 'end' || rest !== '' || more.length > 0)
    return null;
  if (text.includes('\ufffd') || !root.startsWith('/') || !target.startsWith(`${root}/`)) return null;
  if (!isLayout(layout) || (kind !== 'directory' && kind !== 'file')) return null;
  const entryPath = candidates[layout];
  const relativePath = target.slice(root.length + 1);
  return entryPath === null
    ? null
    : { layout, entryPath, targetPlace: { repository, relativePath }, target, kind };
}

function isLayout(text: string | undefined): text is LayoutName {
  return text === 'osg' || text === 'cern' || text === 'files' || text === 'store';
}
