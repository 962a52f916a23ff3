import { createHash } from 'node:crypto';
import { contentHash } from '../../../src/cvmfs/http/hash.ts';
import { openObjectCache } from '../../../src/cvmfs/http/object-cache.ts';
import { isJcdsError } from '../../../src/errors.ts';

/** A process beside others: writes COUNT objects of SIZE bytes to DIRECTORY, which may hold LIMIT bytes; says how it went. */
const [directory = '', count = '0', size = '0', limit = '0', seed = ''] = process.argv.slice(2);

try {
  const cache = await openObjectCache({ directory, limit: Number(limit) });
  for (let index = 0; index < Number(count); index++) {
    const bytes = Buffer.alloc(Number(size), createHash('sha1').update(`${seed}${index}`).digest());
    await cache.write(contentHash('sha1', bytes), 'C', bytes);
    process.stdout.write('.');
  }
  process.stdout.write('done\n');
} catch (error) {
  if (!isJcdsError(error)) throw error;
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
