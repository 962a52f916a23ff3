import { execFile } from 'node:child_process';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { smallImage } from '../hosts/image-files.ts';
import { listen, reply, type TestServer } from '../registry/server.ts';

// The record in an image names localhost:PORT. On the user's machine anybody may listen there, and what a registry says of an
// image that lost its metadata is what starts.
const setting = new Setting();
afterAll(() => setting.remove());
let server: TestServer | null = null;
let made = 0;
afterEach(async () => await server?.close());

interface Told {
  readonly stdout: string;
  readonly stderr: string;
}

function jcds(words: readonly string[], variables: Record<string, string> = {}): Promise<Told> {
  const env = setting.environment({ JCDS_NETWORK: undefined, ...variables });
  return new Promise(resolve =>
    execFile(setting.program, words, { env, cwd: setting.work }, (_, stdout, stderr) =>
      resolve({ stdout, stderr }),
    ),
  );
}

async function lost(named: (port: string) => string): Promise<{ name: string; registry: string }> {
  server = await listen((_, response) => reply(response, 404));
  const registry = named(server.host.split(':')[1]!);
  const name = `nica/lost${++made}:1`;
  const record = `bootstrap: docker\nfrom: ${registry}/${name}\n`;
  setting.publish({ [name]: { files: smallImage({ '.singularity.d/Singularity': record }) } });
  return { name, registry };
}

test.each([
  ['localhost', (port: string) => `localhost:${port}`],
  ['127.0.0.1', (port: string) => `127.0.0.1:${port}`],
  ['127.1', (port: string) => `127.1:${port}`],
])('a registry on this machine that only a record names is not asked: %s', async (_, named) => {
  const { name, registry } = await lost(named);
  const why = `by its publisher its registry is ${registry}, which is this machine itself`;
  const run = await jcds(['exec', '--runtime', 'unshare', '--dry-run', name, 'true']);
  expect(run.stderr).toContain(why);
  const status = await jcds(['status', '--check-registry', '--json', name]);
  expect(JSON.parse(status.stdout)[0].registry).toMatchObject({ state: 'unknown', evidence: why });
  expect(server!.heard).toEqual([]);
});

test('one that the user typed, or that the settings name, is', async () => {
  const { name, registry } = await lost(port => `localhost:${port}`);
  await jcds(['status', '--check-registry', `${registry}/${name}`]);
  expect(server!.heard.length).toBeGreaterThan(0);
  const typed = server!.heard.length;
  await jcds(['status', '--check-registry', name], { JCDS_INSECURE_REGISTRIES: registry });
  expect(server!.heard.length).toBeGreaterThan(typed);
});
