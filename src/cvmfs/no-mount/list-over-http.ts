import type { Layout } from '../../repositories/layouts/index.ts';
import type { Found } from '../http/walk.ts';
import type { TakeNames } from '../list-anywhere.ts';
import { type ListEnd, type ListQuestion, UNSAFE } from '../list-publications.ts';
import { httpLook } from './http-look.ts';
import type { HttpOptions } from './http-options.ts';
import { viewOf } from './http-view.ts';
import type { HttpContext, HttpRepository } from './open-over-http.ts';

/**
 * Lists the published names over HTTP, page by page as the catalogs hold them. Only catalogs that can hold names are
 * fetched: an image's own directory is never entered. Goes on for as long as the servers keep a pace.
 */
export async function listOverHttp(
  { root, row, timeout }: ListQuestion,
  take: TakeNames,
  requested: HttpOptions,
  context: HttpContext,
): Promise<ListEnd> {
  const look = httpLook({ root, requested, timeout, isBounded: false }, context);
  try {
    return await look.within(row, opened => listNames(opened, take, context));
  } finally {
    await look.close();
  }
}

async function listNames(
  { repository, layout, access }: HttpRepository,
  take: TakeNames,
  context: HttpContext,
): Promise<ListEnd> {
  const view = viewOf(repository, access, context.now());
  let unsafe = 0;
  if (!take([], layout.name, view)) return { state: 'stopped' };
  for await (const page of repository.walk('/', found => holdsNames(found, layout))) {
    const names = page.filter(found => isImage(found, layout)).map(({ path }) => path.slice(1));
    const safe = names.filter(name => !UNSAFE.test(name));
    unsafe += names.length - safe.length;
    if (safe.length > 0 && !take(safe, layout.name, view)) return { state: 'stopped' };
  }
  const unusable = repository.leftOut.reduce((sum, { count }) => sum + count, 0);
  return { state: 'listed', refused: unsafe + unusable };
}

function isImage({ path, entry }: Found, layout: Layout): boolean {
  return layout.isImageName(entry.name, depthOf(path));
}

/** A directory that is no image and not hidden. */
function holdsNames({ path, entry }: Found, layout: Layout): boolean {
  return !entry.name.startsWith('.') && !layout.isImageName(entry.name, depthOf(path));
}

/** Of a name in the repository's root: 0. */
function depthOf(path: string): number {
  return path.split('/').length - 2;
}
