import type { PlaceInRepository } from '../repositories/image-path.ts';
import type { LayoutName } from '../repositories/layouts/index.ts';
import { runShell } from './abandonable-child.ts';
import { DEFAULT_CVMFS_ROOT } from './root.ts';

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

/**
 * Goes to the repository, lists it (which mounts it where an automounter waits for that), and goes to the candidate, all
 * by the shell itself: `cd -P` follows every link, and $PWD then is the real directory. Only where CVMFS is not at
 * /cvmfs does it start readlink, once, to send an absolute link to the root in use. $1 repository, $2 candidate in CERN's
 * layout (empty: none), $3 in the other one, $4 the layout or `detect`, $5 root in use when links are to be rewritten,
 * $6 `spelled` (empty: none).
 */
const SCRIPT = `
cd -P "$1" || exit
r=$PWD l=$4 seen=
for n in .[!.]*; do
  case $n in
  '.[!.]*') ;;
  .flat|.multiarch) seen=1; case $l in detect|detect-osg) l=cern ;; esac ;;
  .images) seen=1; case $l in detect) l=detect-osg ;; esac ;; # then "all" decides nothing
  *) seen=1 ;;
  esac
done
case $seen-$l in -*|*-detect) for n in *; do
  case $n in
  '*') case $seen in '') exit ;; esac ;;
  all) case $l in detect) exit ;; esac ;;
  esac
done ;; esac
case $l in
detect|detect-osg) l=osg; c=$3 ;;
cern) c=$2 ;;
osg|files) c=$3 ;;
*) exit ;;
esac
case $c in '') exit ;; esac
case $6 in
?*) case $c in "$6"/*) ;; *) for n in "$6"*; do case $n in "$6") exit ;; esac; done ;; esac ;;
esac
x=./$c
case $5 in
?*) t=$(readlink -n "$x" && echo .) && case $t in
  /cvmfs/*) t=\${t%.} x=$5\${t#/cvmfs} ;;
  esac ;;
esac
if cd -P "$x"; then k=directory t=$PWD
else
  case $l in files) [ -f "$x" ] && ! [ -L "$x" ] && k=file t=$r/$c ;; esac || exit
fi
printf '%s\\n' "$l" "$k" "$r" "$t" end`;

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
  return text === 'osg' || text === 'cern' || text === 'files';
}
