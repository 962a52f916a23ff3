import { commandText } from '../command-text.ts';
import type { Published } from '../cvmfs/publication.ts';
import type { JcdsError } from '../errors.ts';
import { FORGES } from '../requests/forges/index.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import type { Asked } from './ask-for-image.ts';
import type { Service } from './service.ts';

/** How it went with one image: it was there, it was asked for, or it failed. */
export type Result =
  | {
      readonly state: 'published';
      readonly published: Published;
      /** Where only a newer revision than this host's has it: that, for people; null: it is visible here. */
      readonly notHere: string | null;
    }
  | Asked
  | { readonly state: 'failed'; readonly error: JcdsError };

/** One line for people, without its end; texts of the forge in it are cleaned already. */
export function resultLine(
  name: string,
  { wishlist, row }: Service,
  result: Exclude<Result, { state: 'failed' }>,
): string {
  const { request, sign } = FORGES[wishlist.forge];
  const number = 'iid' in result && result.iid !== null ? ` ${sign}${result.iid}` : '';
  switch (result.state) {
    case 'published':
      return `${name}: published: ${result.published.path}${result.notHere === null ? '' : ` (${result.notHere}; wait with: ${commandText('jcds', 'wait', name)})`}`;
    case 'listed':
      return `${name}: in the list of ${row.name} already (${result.path}, line ${result.lineNumber}: "${result.line}"), and not visible here yet${result.surprise === null ? '' : `; ${result.surprise}`}`;
    case 'exists':
      return `${name}: asked for already${byWhom(result)}: ${request}${number} ${result.url}${'rebuilt' in result && result.rebuilt ? ' (rebuilt on the list as it is now)' : ''}`;
    case 'opened':
      return `${name}: ${request}${number} opened: ${result.url}`;
    case 'refused':
      return `${name}: was refused before: ${request}${number} ${result.url}`;
    case 'ready-change':
      return `${name}: not asked for; by hand: ${result.url}`;
    default:
      return result satisfies never;
  }
}

function byWhom(result: Extract<Asked, { state: 'exists' }>): string {
  if (!('author' in result)) return '';
  return result.isOwn ? ' by you' : result.author === null ? '' : ` by ${result.author}`;
}

/** The object of `request --json`, a line for each image. */
export function resultJson(name: string, { row }: Service, result: Result): Record<string, unknown> {
  const shared = { schemaVersion: SCHEMA_VERSION, image: name, repository: row.name, state: result.state };
  if (result.state === 'failed') {
    const { code, message, hint } = result.error;
    return { ...shared, error: { code, message, hint: hint ?? null } };
  }
  if (result.state === 'published')
    return { ...shared, path: result.published.path, visible: result.notHere === null };
  const { isPublic } = result;
  if (result.state === 'listed') {
    const { by, path, line, lineNumber, surprise: note } = result;
    return { ...shared, public: isPublic, by, list: path, line, lineNumber, note };
  }
  const { url, change } = result;
  return {
    ...shared,
    public: isPublic,
    url,
    number: 'iid' in result ? result.iid : null,
    author: 'author' in result ? result.author : null,
    own: result.state === 'exists' && 'isOwn' in result ? result.isOwn : null,
    rebuilt: 'rebuilt' in result ? result.rebuilt : false,
    reason: result.state === 'ready-change' ? result.reason : null,
    list: change?.path ?? null,
    line: change?.line ?? null,
    lineNumber: change?.lineNumber ?? null,
    diff: change?.diff ?? null,
  };
}
