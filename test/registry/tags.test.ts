import { expect, test } from 'vitest';
import { nextLink } from '../../src/registry/tags.ts';
import { opened, serve } from './opened.ts';
import { type Handler, reply } from './server.ts';

async function tagsFrom(handler: Handler): Promise<{ tags: string[]; asked: string[] }> {
  const server = await serve(handler);
  const registry = await opened(server.host);
  const tags: string[] = [];
  for await (const tag of registry.tags('a/b')) tags.push(tag);
  return { tags, asked: server.heard.map(heard => heard.url) };
}

test('all pages, and what is no tag is left out', async () => {
  const pages: [unknown, string?][] = [
    [
      ['1', '2.0', '$(reboot)', 'a b', '\u001b[31m', '', '-x', 7, 'x'.repeat(129)],
      '/v2/a/b/tags/list?n=1000&last=2',
    ],
    [['24.12'], '?n=1000&last=3'],
    [null],
  ];
  const { tags, asked } = await tagsFrom((_heard, response) => {
    const [list, next] = pages.shift()!;
    reply(
      response,
      200,
      { name: 'a/b', tags: list },
      next === undefined ? {} : { link: `<${next}>; rel="next"` },
    );
  });
  expect(tags).toEqual(['1', '2.0', '24.12']);
  expect(asked).toEqual([
    '/v2/a/b/tags/list?n=1000',
    '/v2/a/b/tags/list?n=1000&last=2',
    '/v2/a/b/tags/list?n=1000&last=3',
  ]);
});

test('pages without end have one', async () => {
  let page = 0;
  await expect(
    tagsFrom((_heard, response) =>
      reply(response, 200, { tags: [] }, { link: `</v2/a/b/tags/list?page=${page++}>; rel="next"` }),
    ),
  ).rejects.toThrow(expect.objectContaining({ code: 'REGISTRY_ADDRESS_REFUSED' }));
  expect(page).toBe(1000);
});

test.each<[field: string | string[] | undefined, target: string | null]>([
  [undefined, null],
  ['</v2/x?n=1>; rel="next"', '/v2/x?n=1'],
  ['</v2/x>;rel=next', '/v2/x'],
  ['</v2/x>; title="a"; rel="prev next"', '/v2/x'],
  ['</a>; rel="prev", </b>; rel="next"', '/b'],
  [['</a>; rel="prev"', '</b>; REL="NEXT"'], '/b'],
  ['</a>; rel="nextish"', null],
  ['</a>', null],
  ['/a; rel="next"', null],
  ['<', null],
])('the next page in %j is %j', (field, target) => {
  expect(nextLink(field)).toBe(target);
});
