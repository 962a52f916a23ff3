import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BMN, TOKEN } from '../requests/setup.ts';
import { Program, page, printed, World } from './request-setting.ts';

// Somebody sits at a terminal: what is shown, what is asked, and what each answer does.
const program = new Program();
let world: World;
beforeEach(async () => {
  world = await World.make(program);
});
afterEach(() => world.remove());
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

const question = () =>
  `Open this merge request in cvmfs-container-sync/registry on ${world.forge.host}? [y/N] `;
const written = () => world.forge.log.filter(({ method }) => method !== 'GET');

describe('jcds request', () => {
  test('shows the line among its neighbours, asks, and opens the request', async () => {
    const at = world.atTerminal(['request', BMN]);
    await at.said('[y/N]');
    expect(written()).toEqual([]);
    at.type('y\r');
    const { code, text } = await at.ended;
    expect(code).toBe(0);
    expect(text).toContain(`+${BMN}\n`);
    expect(text).toContain(question());
    expect(text).toContain(`${BMN}: merge request !1 opened: ${page(world, 1)}\n`);
  });
  test.each([
    ['n', 'n\r'],
    ['nothing', '\r'],
    ['the end of the input', '\u0004'],
    ['a word that is no yes', 'yesterday\r'],
  ])('%s is a no: nothing is written', async (_, keys) => {
    const at = world.atTerminal(['request', BMN]);
    await at.said('[y/N]');
    at.type(keys);
    const { code, text } = await at.ended;
    expect({ code, said: text.includes(`${BMN}: not asked for`) }).toEqual({ code: 1, said: true });
    expect(written()).toEqual([]);
  });
  test('Ctrl-C at the question ends it', async () => {
    const at = world.atTerminal(['request', BMN]);
    await at.said('[y/N]');
    at.type('\u0003');
    expect((await at.ended).code).toBe('signal 2');
    expect(written()).toEqual([]);
  });
  test.each([['--yes'], ['--no-input'], ['--json']])('%s asks nothing', async option => {
    const { code, text } = await world.atTerminal(['request', option, BMN]).ended;
    expect({ code, asked: text.includes('[y/N]') }).toEqual({ code: 0, asked: false });
    expect(world.forge.requests).toHaveLength(1);
  });
  test('what is asked for already needs no answer', async () => {
    await world.jcds(['request', BMN]);
    const { code, text } = await world.atTerminal(['request', BMN]).ended;
    expect({ code, text }).toEqual({
      code: 0,
      text: `${BMN}: asked for already by you: merge request !1 ${page(world, 1)}\n`,
    });
  });
  test('a list whose place is not known is chosen once', async () => {
    world.configure({}, { path: null });
    world.forge.push(world.upstream, { 'more/images.txt': 'quay.io/a/b:1\n' });
    const at = world.atTerminal(['request', BMN]);
    await at.said('or nothing for none of them');
    at.type('1\r');
    await at.said('[y/N]');
    at.type('y\r');
    expect((await at.ended).code).toBe(0);
    expect(readFileSync(world.configuration, 'utf8')).toContain('"path": "docker_images.txt"');
  });
  test('an entry at the place of another registry’s is the user’s to accept', async () => {
    world.forge.push(world.upstream, { 'docker_images.txt': 'quay.io/nica/docker-images/bmn:24.12\n' });
    const at = world.atTerminal(['request', BMN]);
    await at.said('Are both the same image');
    at.type('y\r');
    await at.said('Open this merge request');
    at.type('y\r');
    expect((await at.ended).code).toBe(0);
  });
});

describe('jcds run of a missing image', () => {
  test('a yes asks for it, and the job is to come later: 75', async () => {
    const at = world.atTerminal(['run', BMN]);
    await at.said('[y/N]');
    at.type('y\r');
    await at.said('run that local copy now?');
    at.type('n\r');
    const { code, text } = await at.ended;
    expect(code).toBe(75);
    expect(text).toContain(`${BMN} is not published in containers.jinr.ru.\n--- docker_images.txt`);
    expect(text).toContain(`its request waits for the operators of the service (${page(world, 1)})`);
  });
  test('a no leaves it at that', async () => {
    const at = world.atTerminal(['run', BMN]);
    await at.said('[y/N]');
    at.type('n\r');
    await at.said('run that local copy now?');
    at.type('n\r');
    const { code, text } = await at.ended;
    expect({ code, said: text.includes(`hint: see what is there with`) }).toEqual({ code: 125, said: true });
    expect(written()).toEqual([]);
  });
  test('a typo is named, and nobody is asked', async () => {
    const typo = BMN.replace('24.12', '24.21');
    const { code, text } = await world.atTerminal(['run', typo]).ended;
    expect({ code, text }).toEqual({
      code: 125,
      text: `jcds: git.jinr.ru:5005 does not have ${typo}\nhint: check the spelling of the name and the tag\n`,
    });
  });
  test.each([['--no-input'], ['--if-missing=fail'], ['-n']])('%s asks nothing', async option => {
    const { code, text } = await world.atTerminal(['run', option, BMN]).ended;
    expect({ code, asked: text.includes('[y/N]') }).toEqual({ code: 125, asked: false });
    expect(world.forge.log).toEqual([]);
  });
});
