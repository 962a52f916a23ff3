import { describe, expect, test } from 'vitest';
import { parseReference } from '../../src/image/reference.ts';
import { registryHas } from '../../src/registry/presence.ts';
import { HEADS, headFault } from './heads.ts';
import { makeImage } from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { opened, options, serve } from './opened.ts';
import { reply } from './server.ts';

const image = makeImage('one');
const memory = new MemoryRegistry().tag('a/b', '1', image.manifest, [image]);

describe('what is said to HEAD alone is no "no"', () => {
  test.each(HEADS)('%s: GET decides', async (_what, fault) => {
    const server = await serve(headFault(memory.handle, fault));
    const reference = parseReference(`${server.host}/a/b:1`);
    expect(await registryHas(reference, options())).toMatchObject({
      state: 'present',
      digest: image.manifest.digest,
    });
    expect(await registryHas({ ...reference, tag: '2' }, options())).toMatchObject({ state: 'absent' });
    expect(await (await opened(server.host)).manifest('a/b', '1')).toMatchObject({ kind: 'image' });
  });
  test.each([429, 500, 503])('%i to HEAD is not asked again by GET', async status => {
    const server = await serve((heard, response, request) =>
      heard.method === 'HEAD' ? reply(response, status) : memory.handle(heard, response, request),
    );
    const presence = await registryHas(parseReference(`${server.host}/a/b:1`), options());
    expect(presence).toMatchObject({ state: 'unknown' });
    expect(server.heard.every(({ method }) => method === 'HEAD')).toBe(true);
  });
});
