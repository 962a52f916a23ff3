import { UsageError } from '../errors.ts';

/** `--local` with a path below a CVMFS root. */
export class LocalPathError extends UsageError {
  constructor(path: string) {
    super(
      `--local takes the name of an image, not a path: ${JSON.stringify(path)}`,
      'name it as its registry does: jcds run --local REGISTRY/REPOSITORY:TAG',
    );
  }
}
