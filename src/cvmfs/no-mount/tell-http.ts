import type { Context } from '../../context.ts';
import { ageText } from '../../output/age.ts';
import { printNote, type Speaker } from '../../output/console.ts';
import type { HttpView } from './http-view.ts';

/** What a person must know about an answer over HTTP, and what a person may want to know. */
export interface HttpSentences {
  /** It proves nothing: said whatever is asked to be quiet. */
  readonly unverified: string | null;
  readonly warnings: readonly string[];
  readonly details: readonly string[];
}

/** @param now milliseconds since 1970 */
export function httpSentences(view: HttpView, now: number): HttpSentences {
  const { repository, revision, verified, from, because, confirmedAt, notes } = view;
  return {
    unverified: verified
      ? null
      : `UNVERIFIED (--insecure): nothing proves that this is what ${repository} publishes`,
    warnings:
      from === 'server'
        ? []
        : [
            `no server of ${repository} could be asked (${because ?? ''}): this is revision ${revision} from the cache, which a server last confirmed ${ageText(now - Date.parse(confirmedAt))} ago`,
          ],
    details: [
      sourceSentence(view),
      ...(verified ? [`${repository} is ${trustSentence(view)}`] : []),
      ...notes,
    ],
  };
}

function sourceSentence({ repository, revision, rootHash, publishedAt, server }: HttpView): string {
  const time = publishedAt === null ? '' : `, published at ${publishedAt}`;
  return `${repository} was read over HTTP from ${server ?? 'the cache'}: revision ${revision}${time}, root ${rootHash}`;
}

/** Whether it is proven, and by which keys. */
export function trustSentence({ verified, keys }: HttpView): string {
  if (!verified) return 'UNVERIFIED (--insecure): nothing proves it';
  const list = keys.map(({ fingerprint, source }) => `${fingerprint} (${source})`).join(', ');
  return `verified with ${keys.length === 1 ? 'the key' : 'one of the keys'} ${list}`;
}

/** Says it on standard error. Each command says it once for each repository. */
export function tellHttp(view: HttpView, say: Speaker, context: Pick<Context, 'stderr' | 'now'>): void {
  const { unverified, warnings, details } = httpSentences(view, context.now());
  if (unverified !== null) printNote(context, unverified);
  for (const warning of warnings) say.warn(warning);
  for (const detail of details) say.detail(detail);
}
