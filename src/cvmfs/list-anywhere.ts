import type { Context } from '../context.ts';
import type { LayoutName } from '../repositories/layouts/index.ts';
import type { LookContext } from './ask-look.ts';
import { type ListEnd, type ListQuestion, listPublications } from './list-publications.ts';
import type { HttpOptions } from './no-mount/http-options.ts';
import type { HttpView } from './no-mount/http-view.ts';
import { isUnmounted } from './unreachable.ts';

/**
 * Takes names as they are found; false: no more. `http`: what they rest on, told once before the first of them, with none;
 * null: they stand on a mount.
 */
export type TakeNames = (names: readonly string[], layout: LayoutName, http: HttpView | null) => boolean;

/** Lists a repository's published names: on the mount, over HTTP where nothing is mounted, or over HTTP alone. */
export async function listAnywhere(
  question: ListQuestion,
  take: TakeNames,
  requested: HttpOptions,
  context: LookContext & Pick<Context, 'now'>,
): Promise<ListEnd> {
  const end =
    requested.when === 'only'
      ? null
      : await listPublications(question, (names, layout) => take(names, layout, null), context);
  const goesOn = end?.state === 'unreachable' && requested.when !== 'never' && isUnmounted(end.reason);
  if (end !== null && !goesOn) return end;
  const { listOverHttp } = await import('./no-mount/list-over-http.ts');
  const { bothReasons } = await import('./no-mount/http-reason.ts');
  const over = await listOverHttp(question, take, requested, context);
  return end?.state === 'unreachable' && over.state === 'unreachable'
    ? { ...over, reason: bothReasons(over.reason, end.reason) }
    : over;
}
