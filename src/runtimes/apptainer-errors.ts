import { JcdsError } from '../errors.ts';

/** A home directory inside whose name Apptainer cannot be told. */
export class HomeNotPossibleError extends JcdsError {
  constructor(path: string) {
    super({
      code: 'HOME_NOT_POSSIBLE',
      message: `apptainer takes no home directory with a colon in its name: ${JSON.stringify(path)}`,
      hint: 'choose another with --home DIR, or --no-home',
    });
  }
}

/** `--contain` on an image without /dev. */
export class NoDevicesError extends JcdsError {
  constructor(image: string) {
    super({
      code: 'UNSUPPORTED_BY_RUNTIME',
      message: `apptainer cannot contain an image that has no /dev: ${image}`,
      hint: 'jcds run --contain --runtime unshare (or bubblewrap)',
    });
  }
}

/** Arguments that Apptainer would change, in an image that has no shell to restore them. */
export class ArgumentsNotUtf8Error extends JcdsError {
  constructor() {
    super({
      code: 'ARGUMENTS_NOT_UTF8',
      message: 'apptainer changes arguments that are not UTF-8, and the image has no /bin/sh to restore them',
      hint: 'jcds run --runtime unshare',
    });
  }
}
