import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientProgram } from './client-process.ts';
import { FakeGitLab } from './fake-gitlab.ts';
import { ask, BMN, LIST, TOKEN } from './setup.ts';

let program: ClientProgram;
beforeAll(async () => {
  program = await ClientProgram.build();
});
afterAll(() => program.remove());

async function gitLab(level: number): Promise<FakeGitLab> {
  const server = new FakeGitLab();
  await server.listen();
  server.addUser(TOKEN, 'nica');
  server.addProject('sync/registry', { 'docker_images.txt': LIST }, { levels: new Map([['nica', level]]) });
  return server;
}

/** How many requests an undisturbed client makes. */
async function lengthOf(make: () => Promise<FakeGitLab>): Promise<number> {
  const server = await make();
  await ask(server);
  await server.close();
  return server.log.length;
}

/** Kills a client at its nth request, before or after that took effect, and does the same again. */
async function killAndRepeat(
  server: FakeGitLab,
  at: number,
  when: 'cut-before' | 'cut-after',
): Promise<string> {
  const first = program.start('gitlab', server.origin, BMN, TOKEN);
  server.interfere = async ({ index }) => {
    if (index !== at) return undefined;
    if (when === 'cut-before') {
      first.child.kill('SIGKILL');
      await first.ended;
    } else queueMicrotask(() => first.child.kill('SIGKILL'));
    return when;
  };
  expect((await first.ended).signal).toBe('SIGKILL');
  server.interfere = () => undefined;
  return (await ask(server)).state;
}

describe.each([
  ['with a fork', 0],
  ['with the right to push', 30],
])('%s', (_, level) => {
  test('killed before and after each request and run again: one request with one line', async () => {
    const requests = await lengthOf(() => gitLab(level));
    expect(requests).toBeGreaterThan(7);
    for (let at = 0; at < requests; at++)
      for (const when of ['cut-before', 'cut-after'] as const) {
        const server = await gitLab(level);
        const state = await killAndRepeat(server, at, when);
        expect(['opened', 'exists'], `${when} ${at}`).toContain(state);
        expect(server.requests, `${when} ${at}`).toHaveLength(1);
        expect(server.changes(server.requests[0]!, 'docker_images.txt')).toEqual({
          removed: [],
          added: [`${BMN}\n`],
        });
        expect(server.projects).toHaveLength(level === 0 ? 2 : 1);
        await server.close();
      }
  }, 180_000);
});

test('ten processes of one account at once: one request', async () => {
  const server = await gitLab(0);
  const clients = Array.from({ length: 10 }, () => program.start('gitlab', server.origin, BMN, TOKEN));
  const texts = await Promise.all(clients.map(async ({ ended }) => (await ended).text));
  expect(texts.filter(text => text.includes('"state":"opened"'))).toHaveLength(1);
  expect(texts.filter(text => text.includes('"state":"exists"'))).toHaveLength(9);
  expect(server.requests).toHaveLength(1);
  await server.close();
}, 120_000);
