import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';

/** A list that is not believed: following it would take images away that nobody meant. */
export class ListSuspectError extends JcdsError {
  constructor(file: string, reason: string, canOverride = false) {
    super({
      code: 'LIST_SUSPECT',
      message: `the list ${safeText(file)} is not followed: ${safeText(reason, 400)}`,
      hint: canOverride ? 'if that is meant: --allow-mass-removal' : 'look at the file; nothing was changed',
    });
  }
}

/** A plan that takes more away than a change of a list usually does. */
export class MassRemovalError extends JcdsError {
  constructor(removed: number, all: number) {
    super({
      code: 'MASS_REMOVAL',
      message: `${removed} of the ${all} published names would be removed`,
      hint: 'look at them with --dry-run; if that is meant: --allow-mass-removal',
    });
  }
}

/** What earlier cycles have written into the repository cannot be understood. */
export class StateUnreadableError extends JcdsError {
  constructor(target: string, file: string, reason: string) {
    super({
      code: 'STATE_UNREADABLE',
      message: `${safeText(file)} in ${safeText(target)} cannot be used: ${safeText(reason, 300)}`,
      hint: 'look at it; nothing was changed. What it says is found anew when it is removed',
    });
  }
}

/** A repository that is kept for another platform. */
export class OtherPlatformError extends JcdsError {
  constructor(target: string, kept: string, asked: string) {
    super({
      code: 'OTHER_PLATFORM',
      message: `${safeText(target)} holds images for ${safeText(kept, 40)}, and not for ${asked}`,
      hint: 'one repository is for one platform: name another target',
    });
  }
}

/** A target that is not one that can be published into. */
export class TargetUnusableError extends JcdsError {
  constructor(target: string, reason: string, path: string | null = null) {
    super({
      code: 'TARGET_UNUSABLE',
      message: `${safeText(target, 400)} cannot be published into: ${safeText(reason, 400)}`,
      hint: path === null ? undefined : `look at it with: ${commandText('ls', '-ld', path)}`,
    });
  }
}

/** Another cycle works on the same repository. */
export class SyncRunningError extends JcdsError {
  constructor(target: string, owner: string) {
    super({
      code: 'SYNC_RUNNING',
      message: `another sync works on ${safeText(target, 400)}${owner === '' ? '' : ` (${safeText(owner, 120)})`}`,
      hint: 'try again later, or add --wait',
    });
  }
}

/** An image that is no good on CVMFS: clients would show something else than it holds. */
export class ImageUnpublishableError extends JcdsError {
  constructor(image: string, reason: string) {
    super({
      code: 'IMAGE_UNPUBLISHABLE',
      message: `${safeText(image)} cannot be published: ${safeText(reason, 400)}`,
      hint: 'build the image without it, and push it again',
    });
  }
}
