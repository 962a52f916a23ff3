import type { JcdsError } from '../../errors.ts';
import type { Manifest } from './manifest.ts';
import { VerificationError } from './verification-error.ts';

/** A repository that was published anew under the same number counts by its time. */
export function isOlder(manifest: Manifest, remembered: Manifest): boolean {
  if (manifest.revision !== remembered.revision) return manifest.revision < remembered.revision;
  return (manifest.publishedAt ?? 0) < (remembered.publishedAt ?? 0);
}

const LAGGING = 'REVISION_OLDER';

/** Whether a failure is that of a server that lags behind. */
export function isLagging(error: JcdsError): boolean {
  return error.code === LAGGING;
}

/** The servers are behind what was seen before: all lag, or the repository was made anew. */
export class OlderRevisionError extends VerificationError {
  constructor(repository: string, served: Manifest, remembered: Manifest) {
    super({
      step: 'revision',
      code: LAGGING,
      message: `the servers have revision ${served.revision} of ${repository}, older than revision ${remembered.revision} seen before`,
      hint: 'try again later, as a server may lag behind; if the repository was made anew, add --forget-revision once',
    });
  }
}
