import type { ServerResponse } from 'node:http';
import { type Handler, reply } from './server.ts';

/** How something before a registry answers HEAD, where the registry itself has what is asked for. */
export type HeadFault = (response: ServerResponse, url: string) => void;

export const HEADS: readonly (readonly [what: string, fault: HeadFault])[] = [
  ['404', response => reply(response, 404)],
  ['403', response => reply(response, 403)],
  ['400', response => reply(response, 400)],
  ['405', response => reply(response, 405)],
  ['501', response => reply(response, 501)],
  ['a web page', response => reply(response, 200, '', { 'content-type': 'text/html' })],
  ['404 as a web page', response => reply(response, 404, '', { 'content-type': 'text/html' })],
  // A storage whose signed addresses are good for GET alone.
  [
    'a redirect to an address signed for GET',
    (response, url) => reply(response, 307, '', { location: `${url}?signed=GET` }),
  ],
];

/** A registry behind something that answers HEAD in its own way. */
export function headFault(handle: Handler, fault: HeadFault): Handler {
  return (heard, response, request) => {
    if (heard.url.includes('signed=GET') && heard.method === 'HEAD') return reply(response, 403);
    if (heard.method !== 'HEAD' || !heard.url.includes('/manifests/'))
      return handle(heard, response, request);
    fault(response, heard.url);
  };
}
