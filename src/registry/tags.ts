import { UnexpectedAnswerError } from './answers.ts';
import { checkedNextPage, RefusedAddressError } from './destinations.ts';
import type { Answer } from './exchange.ts';
import { parseObject } from './json.ts';

const PAGE = 1000;
const MOST_PAGES = 1000;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * The tags of a repository as its registry lists them, through all pages (`Link: <…>; rel="next"`). A page that was read
 * before, or the thousandth, ends in RefusedAddressError; what is no tag by the reference grammar is left out.
 */
export async function* allTags(
  origin: URL,
  repository: string,
  read: (url: URL) => Promise<Answer>,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  let url: URL | null = new URL(`/v2/${repository}/tags/list?n=${PAGE}`, origin);
  while (url !== null) {
    if (seen.has(url.href) || seen.size === MOST_PAGES)
      throw new RefusedAddressError(origin, 'next page', 'endless');
    seen.add(url.href);
    const answer = await read(url);
    yield* tagsIn(answer);
    const next = nextLink(answer.headers.link);
    url = next === null ? null : checkedNextPage(url, next);
  }
}

function tagsIn(answer: Answer): string[] {
  const fields = parseObject(answer.body);
  // A repository whose last tag was deleted has null there.
  const tags = fields === null ? undefined : (fields.tags ?? []);
  if (!Array.isArray(tags)) throw new UnexpectedAnswerError(answer.url.host, 'tags');
  return tags.filter(tag => typeof tag === 'string' && TAG.test(tag));
}

/** The target of the first link whose relation is `next` (RFC 8288), or null. */
export function nextLink(fields: string | string[] | undefined): string | null {
  for (const field of [fields ?? []].flat())
    for (const [, target, parameters] of field.matchAll(/<([^<>]*)>((?:\s*;\s*[^;,<>]*)*)/g))
      if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s*(?:;|$)))/i.test(parameters ?? ''))
        return target ?? null;
  return null;
}
