import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { shownPlace } from '../files/held-directory.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { bytesText } from '../output/amount.ts';
import { safeText } from '../output/safe-text.ts';

/** No store has a copy of the image. */
export class NoLocalCopyError extends JcdsError {
  /** @param platform the one that was asked for; null: any */
  constructor(name: string, stores: readonly string[], platform: string | null = null) {
    const places = stores.map(store => safeText(store, 200)).join(', ');
    super({
      code: 'NO_LOCAL_COPY',
      message: `there is no local copy of ${safeText(name)}${platform === null ? '' : ` for ${safeText(platform, 40)}`} in ${places}`,
      hint: `make one: ${commandText('jcds', 'pull', name)}`,
    });
  }
}

/** A copy that is there and cannot be used. */
export class LocalCopyBrokenError extends JcdsError {
  constructor(name: string, path: string, reason: string) {
    super({
      code: 'LOCAL_COPY_BROKEN',
      message: `the local copy of ${safeText(name)} at ${safeText(path, 400)} cannot be used: ${safeText(reason, 400)}`,
      hint: `look at it with: ${commandText('ls', '-ld', path)}`,
    });
  }
}

/** A copy that other users may have changed. */
export class LocalCopyOpenError extends JcdsError {
  /** @param source where it came from, as it was typed; null: nothing is known */
  constructor(name: string, path: string, source: string | null) {
    const isLayout = source !== null && /^(?:oci|docker-archive):/.test(source);
    const again = isLayout ? [safeText(source, 400), '--as', name] : [name];
    super({
      code: 'LOCAL_COPY_BROKEN',
      message: `the local copy of ${safeText(name)} at ${safeText(path, 400)} cannot be used: an older jcds made it such that others could write into it`,
      hint: `make it anew: ${commandText('jcds', 'pull', '--again', ...again)}`,
    });
  }
}

/** A store that jcds does not use as it is. */
export class StoreUnusableError extends JcdsError {
  constructor(store: string, reason: string, hint?: string) {
    super({
      code: 'STORE_UNUSABLE',
      message: `the store of local copies ${safeText(store, 400)} cannot be used: ${safeText(reason, 400)}`,
      hint:
        hint ?? `look at it with: ${commandText('ls', '-ld', store)}; another place: JCDS_STORE=DIRECTORY`,
    });
  }
}

/** A store on whose disk a copy would leave less free than it must. */
export class StoreFullError extends JcdsError {
  /** @param least bytes that the copy takes at least @param kept those that are to stay free */
  constructor(store: string, free: number, least: number, kept: number) {
    super({
      code: 'NO_ROOM',
      message: `${bytesText(free)} are free at the store ${safeText(store, 400)}; a pull needs ${bytesText(least)} at least, and leaves ${bytesText(kept)} free (storeFree)`,
      hint: 'make room: jcds store list, jcds store remove IMAGE; or name another place: jcds config set store DIRECTORY',
    });
  }
}

/** Lets `act` use a store; what the system or jcds' own rules refuse becomes StoreUnusableError. */
export function inStore<T>(store: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    const { path } = thrown as { path?: string };
    throw new StoreUnusableError(
      shownPlace(store),
      path === undefined || path === store ? reason : `${shownPlace(path)}: ${reason}`,
    );
  }
}
