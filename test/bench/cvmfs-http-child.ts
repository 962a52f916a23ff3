import { readPublicKeys } from '../../src/cvmfs/http/keys.ts';
import { openObjectCache } from '../../src/cvmfs/http/object-cache.ts';
import { openRepository } from '../../src/cvmfs/http/repository.ts';

/** One run of the reader in a process of its own; prints its figures as JSON. */
const [task = '', name = '', server = '', key = '', directory = '', path = ''] = process.argv.slice(2);

const started = performance.now();
const repository = await openRepository({
  name,
  servers: [server],
  keys: await readPublicKeys([key]),
  cache: directory === '' ? null : await openObjectCache({ directory }),
  now: () => Date.parse('2026-11-23T12:00:00Z'),
});
let names = 0;
if (task === 'resolve') names = (await repository.follow(path)).state === 'found' ? 1 : 0;
else for await (const page of repository.walk(path)) for (const _ of page) names++;
const milliseconds = performance.now() - started;
await repository.close();
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  JSON.stringify({
    ...repository.traffic,
    names,
    catalogs: repository.catalogs.most,
    milliseconds,
    sinceStart: performance.now(),
    peak,
  }),
);
