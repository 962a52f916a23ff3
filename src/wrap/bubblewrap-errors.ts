import { JcdsError } from '../errors.ts';

/** The ENV of an image that nothing is recorded of has a value that a shell cannot make out. */
export class UnreadEnvironmentError extends JcdsError {
  constructor(name: string, variable: string) {
    super({
      code: 'ENVIRONMENT_UNREAD',
      message: `the ENV of ${name} has a value that a script cannot read: ${variable}`,
      hint: 'jcds exec can, and a script written for it anew with jcds wrap',
    });
  }
}

/** The caller uses a descriptor by which a script gives bubblewrap a file. */
export class DescriptorInUseError extends JcdsError {
  constructor() {
    super({
      code: 'NO_FREE_DESCRIPTOR',
      message:
        'a script for bubblewrap needs the descriptors 6, 7 and 8, and the caller has one of them open',
      hint: 'close it, as in: SCRIPT 6>&- 7>&- 8>&-; or use jcds exec',
    });
  }
}
