import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { parseReference } from '../../src/image/reference.ts';
import { lookAtRegistries } from '../../src/service/look.ts';
import { makeImage } from '../registry/images.ts';
import { MemoryRegistry } from '../registry/memory-registry.ts';
import { options, serve } from '../registry/opened.ts';
import { reply } from '../registry/server.ts';

const image = makeImage('x');
const at = (host: string, name: string, line = 1) => {
  const text = `${host}/${name}`;
  return { line, text, path: name, reference: parseReference(text) };
};
const many = (host: string, count: number, repository = 'a/b') =>
  Array.from({ length: count }, (_, index) => at(host, `${repository}:${index}`, index + 1));
function filled(count: number, repository = 'a/b'): MemoryRegistry {
  const registry = new MemoryRegistry();
  for (let index = 0; index < count; index += 1)
    registry.tag(repository, `${index}`, image.manifest, [image]);
  return registry;
}

test('one HEAD a tag and nothing else, eight at a time', async () => {
  const registry = filled(40);
  const waiting: (() => void)[] = [];
  let most = 0;
  const server = await serve((heard, response, request) => {
    waiting.push(() => registry.handle(heard, response, request));
    most = Math.max(most, waiting.length);
    // Answered when no more can come: the first of a repository goes alone.
    setTimeout(() => waiting.shift()?.(), 20);
  });
  const answers = await lookAtRegistries(many(server.host, 40), options());
  expect(new Set([...answers.values()].map(answer => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ state: 'present', digest: image.manifest.digest })]),
  );
  expect(answers.size).toBe(40);
  expect(server.heard.map(({ method }) => method)).toEqual(Array(40).fill('HEAD'));
  expect([most > 1, most <= 8]).toEqual([true, true]);
});

test('two registries are asked at the same time', async () => {
  const held: [ServerResponse, ServerResponse | null] = [null!, null];
  const both = (own: 0 | 1, response: ServerResponse) => {
    held[own] = response;
    if (held[0] !== null && held[1] !== null) for (const answer of held) reply(answer!, 404, { errors: [] });
  };
  let [first, second] = [0, 0];
  const one = await serve((_heard, response) => (first++ === 0 ? both(0, response) : reply(response, 404)));
  const two = await serve((_heard, response) => (second++ === 0 ? both(1, response) : reply(response, 404)));
  const answers = await lookAtRegistries([at(one.host, 'a/b:1'), at(two.host, 'c/d:1')], options());
  expect([...answers.values()].map(({ state }) => state)).toEqual(['absent', 'absent']);
});

test('one token for all tags of a repository, and one more where it expires in the middle', async () => {
  const registry = filled(20);
  let [tokens, uses] = [0, 0];
  const server = await serve((heard, response, request) => {
    if (heard.url.startsWith('/token')) return reply(response, 200, { token: `t${++tokens}` });
    uses += heard.authorization === 'Bearer t1' ? 1 : 0;
    const isGood = heard.authorization === 'Bearer t1' ? uses <= 9 : heard.authorization !== null;
    if (isGood) return registry.handle(heard, response, request);
    const challenge = `Bearer realm="${server.origin}/token",service="r",scope="repository:a/b:pull"`;
    return reply(response, 401, { errors: [] }, { 'www-authenticate': challenge });
  });
  const answers = await lookAtRegistries(many(server.host, 9), options());
  expect([...answers.values()].every(({ state }) => state === 'present')).toBe(true);
  expect(tokens).toBe(1);
  [tokens, uses] = [0, 0];
  const more = await lookAtRegistries(many(server.host, 20), options());
  expect([...more.values()].every(({ state }) => state === 'present')).toBe(true);
});

describe('what a registry says', () => {
  test.each([
    [404, {}, 'absent'],
    [401, {}, 'refused'],
    [403, {}, 'refused'],
    [500, {}, 'unseen'],
    [503, {}, 'unseen'],
    [429, {}, 'not-looked-at'],
  ] as const)('%s', async (status, headers, state) => {
    const server = await serve((_heard, response) => reply(response, status, { errors: [] }, headers));
    const answers = await lookAtRegistries([at(server.host, 'a/b:1')], options());
    expect([...answers.values()].map(answer => answer.state)).toEqual([state]);
  });

  test('404 with a web page is no word of a registry', async () => {
    const server = await serve((_heard, response) =>
      reply(response, 404, '<html>', { 'content-type': 'text/html' }),
    );
    const answers = await lookAtRegistries([at(server.host, 'a/b:1')], options());
    expect([...answers.values()].map(answer => answer.state)).toEqual(['refused']);
  });

  test('no digest with HEAD: the manifest tells', async () => {
    const server = await serve((heard, response) => {
      response.writeHead(200, { 'content-type': image.manifest.mediaType });
      response.end(heard.method === 'HEAD' ? undefined : image.manifest.bytes);
    });
    const answers = await lookAtRegistries([at(server.host, 'a/b:1')], options());
    expect([...answers.values()]).toEqual([{ state: 'present', digest: image.manifest.digest }]);
  });

  test('it has no address', async () => {
    const answers = await lookAtRegistries([at('r.example:99999', 'a/b:1')], options());
    expect([...answers.values()].map(answer => answer.state)).toEqual(['refused']);
  });
});

describe('a registry that takes no more requests', () => {
  test('is waited for as long as it says, and then left alone: what was not asked is not gone', async () => {
    const registry = filled(50);
    let asked = 0;
    const server = await serve((heard, response, request) => {
      asked += 1;
      if (asked === 5) return reply(response, 429, '', { 'retry-after': '7' });
      if (asked > 20) return reply(response, 429);
      return registry.handle(heard, response, request);
    });
    const how = options();
    const answers = await lookAtRegistries(many(server.host, 50), how);
    const states = [...answers.values()].map(({ state }) => state);
    expect(how.waits).toEqual([7000]);
    expect(answers.size).toBe(50);
    expect(states.filter(state => state === 'present').length).toBe(19);
    expect(states.filter(state => state === 'not-looked-at').length).toBe(31);
    // Those that were on their way already, and none of the rest.
    expect(server.heard.length).toBeLessThanOrEqual(28);
  });

  test('does not keep the others from being asked', async () => {
    const limited = await serve((_heard, response) => reply(response, 429));
    const server = await serve(filled(3, 'c/d').handle);
    const images = [...many(limited.host, 3), ...many(server.host, 3, 'c/d')];
    const answers = await lookAtRegistries(images, options());
    expect([...answers.values()].map(({ state }) => state).sort()).toEqual([
      ...Array(3).fill('not-looked-at'),
      ...Array(3).fill('present'),
    ]);
  });
});

test('a registry that is down is tried some times, not once for each of its images', async () => {
  const server = await serve((_heard, response) => void response.destroy());
  const answers = await lookAtRegistries(many(server.host, 200), options());
  const states = [...answers.values()].map(({ state }) => state);
  expect([...new Set(states)].sort()).toEqual(['not-looked-at', 'unseen']);
  expect(states.filter(state => state === 'unseen').length).toBeLessThanOrEqual(10);
});
