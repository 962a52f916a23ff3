import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { PublishedLayout } from '../layout.ts';
import { directoryTarget } from './directory.ts';
import type { Target } from './target.ts';

/** How a target is made of what stands behind its name and a colon. */
type MakeTarget = (place: string, layout: PublishedLayout, where: { cwd: string; uid: number }) => Target;

/** The targets, by the word that `--target` begins with. */
export const TARGETS = {
  directory: (place, layout, { cwd, uid }) => directoryTarget(resolve(cwd, place), layout, uid),
} as const satisfies Record<string, MakeTarget>;

/** Reads `directory:DIR`. Throws UsageError. */
export function targetOf(text: string, layout: PublishedLayout, where: { cwd: string; uid: number }): Target {
  const colon = text.indexOf(':');
  const [kind, place] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  if (!Object.hasOwn(TARGETS, kind) || place === '')
    throw new UsageError(`${JSON.stringify(text)} is no target`, 'write directory:DIRECTORY');
  return TARGETS[kind as keyof typeof TARGETS](place, layout, where);
}
