import { realpathSync } from 'node:fs';
import { EXIT, JcdsError } from '../errors.ts';
import { parseReference } from '../image/reference.ts';
import { osg } from '../repositories/layouts/osg.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { inspectImage } from '../rootfs/inspect.ts';

/** An image that is there, and what is known of it. */
export interface FoundImage {
  readonly name: string;
  readonly repository: string;
  readonly path: string;
  readonly target: string;
  readonly kind: 'directory' | 'file';
  readonly facts: ImageFacts | null;
  readonly cvmfsRoot: string;
}

/** The thin thread: one repository, one layout, looked at in this very process. */
export function findImage(text: string, cvmfsRoot: string): FoundImage {
  const repository = 'containers.jinr.ru';
  const path = `${cvmfsRoot}/${repository}/${osg.candidates(parseReference(text), null)[0]}`;
  try {
    const target = realpathSync(path);
    return {
      name: text,
      repository,
      path,
      target,
      kind: 'directory',
      facts: inspectImage(target, ['/', '/etc']),
      cvmfsRoot,
    };
  } catch (cause) {
    throw new JcdsError({
      code: 'CVMFS_UNREACHABLE',
      message: `${path} cannot be seen`,
      exitCode: EXIT.later,
      cause,
    });
  }
}
