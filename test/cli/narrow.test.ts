import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { publish } from '../cvmfs/http/generator.ts';
import { serve, type TestServer } from '../cvmfs/http/server.ts';
import { BMN } from '../requests/setup.ts';
import { Program, World } from './request-setting.ts';

// The whole program at a terminal of 20 columns: nothing that it draws is wider, whatever it reports.
const R = 'containers.jinr.ru';
const program = new Program();
let world: World;
let server: TestServer;
beforeEach(async () => {
  world = await World.make(program);
  server = await serve(publish({ name: R, revision: 812 }));
  const wishlist = { host: world.forge.origin, path: 'docker_images.txt' };
  world.configure({ services: { [R]: { servers: [server.template], proxies: 'DIRECT', wishlist } } });
});
afterEach(async () => {
  await server.close();
  await world.remove();
});
afterAll(() => program.remove());

/** What moves the cursor or colours is no column. */
const SEQUENCES = /\u001b\[[0-9;?]*[A-Za-z]/g;

test('status, cache, requests and their kind fit into 20 columns', async () => {
  await world.jcds(['request', BMN]);
  world.publish('library/small:1', 'small:1');
  for (const [words, code] of [
    [['status', '-v', 'small:1', 'none:1', BMN], 1],
    [['cache'], 0],
    [['cache', 'small:1'], 0],
    [['requests'], 0],
    [['wait', '--timeout', '1s', 'none:1'], 75],
  ] as const) {
    const ended = await world.atTerminal(words, { NO_COLOR: '1' }, 20).ended;
    // What is said of a failure is a message, which the terminal itself breaks.
    const lines = ended.text.split(/[\n\r]/).map(line => line.replace(SEQUENCES, ''));
    const wide = lines.filter(line => line.length > 20 && !/^(?:jcds|hint): /.test(line));
    expect([words, ended.code, wide]).toEqual([words, code, []]);
  }
});
