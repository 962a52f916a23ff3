import { parseReference } from '../../src/image/reference.ts';
import { connectForge } from '../../src/requests/forges/index.ts';
import { propose } from '../../src/requests/propose.ts';
import { Secret } from '../../src/secret.ts';

/** A client in a process of its own, for tests that kill it: KIND ORIGIN IMAGE, the token in the environment. */
const [, , kind, host, image] = process.argv;
const forge = connectForge({
  kind: kind as 'gitlab' | 'github',
  host: host!,
  token: new Secret(process.env.TEST_TOKEN!),
  environment: {},
  clock: { now: Date.now, sleep: () => new Promise<void>(setImmediate) },
});
const place = { project: 'sync/registry', branch: null, path: 'docker_images.txt', format: 'osg' } as const;
const result = await propose({ forge, place, reference: parseReference(image!) });
process.stdout.write(`${JSON.stringify(result)}\n`);
