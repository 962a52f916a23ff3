import { EXIT, isJcdsError } from '../../errors.ts';
import type { Standing } from './forge.ts';

/**
 * The checks of a request as a server shows them. One that does not show them has not said that there are none, and the request can be
 * followed all the same. Throws what waiting helps against.
 */
export async function checksShown(read: () => Promise<Standing['checks']>): Promise<Standing['checks']> {
  try {
    return await read();
  } catch (thrown) {
    if (!isJcdsError(thrown) || thrown.exitCode === EXIT.later) throw thrown;
    return { state: 'unknown', url: null, reason: thrown.message };
  }
}
