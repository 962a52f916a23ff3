import { ageText } from '../../output/age.ts';
import { NO_CLIENT } from '../client-view.ts';
import type { Freshness } from '../freshness.ts';
import type { HttpView } from './http-view.ts';
import { trustSentence } from './tell-http.ts';

/** How current an answer over HTTP is: there is no client to compare with. @param now milliseconds since 1970 */
export function freshnessOverHttp(view: HttpView, now: number): Freshness {
  const { repository, revision, rootHash, publishedAt, ttlSeconds, server } = view;
  const time = publishedAt === null ? null : Date.parse(publishedAt);
  return {
    repository,
    client: NO_CLIENT,
    server: {
      state: 'known',
      revision,
      rootHash,
      publishedAt: time,
      ttlSeconds,
      server: server ?? 'the cache',
    },
    isServerless: false,
    standing: view.from === 'server' ? 'current' : 'unknown',
    sentence: `${revisionSentence(view)}, ${sourceSentence(view, now)}; ${trustSentence(view)}`,
    absence:
      view.from === 'server'
        ? `not in revision ${revision}, the newest of the server`
        : `not in revision ${revision}, which the cache has; whether there is a newer one is not known: ${view.because ?? ''}`,
    hint: view.verified
      ? null
      : 'name the public key of the repository with --keys FILE in place of --insecure',
  };
}

function revisionSentence({ revision, publishedAt }: HttpView): string {
  return `over HTTP it is at revision ${revision}${publishedAt === null ? '' : ` of ${timeText(publishedAt)}`}`;
}

/** To the minute: "2026-11-22 17:31 UTC". */
function timeText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function sourceSentence({ server, because, confirmedAt }: HttpView, now: number): string {
  if (server !== null) return `read from ${server}`;
  const age = ageText(now - Date.parse(confirmedAt));
  return `read from the cache, where a server last confirmed it ${age} ago, since none could be asked (${because ?? ''})`;
}
