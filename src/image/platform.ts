import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';

/** A platform in Go's words, as registries and image configurations write it. */
export interface Platform {
  os: 'linux';
  /** `amd64`, `arm64`, `ppc64le`, … */
  architecture: string;
  /** `v8` for arm64, `v6`/`v7` for arm, `v3` for a newer amd64; null is the plain one. */
  variant: string | null;
}

/** What `uname -m`, Node and people call an architecture, in Go's words. */
const SYNONYMS: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  x64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm/v7',
  armhf: 'arm/v7',
  armv6l: 'arm/v6',
  armel: 'arm/v6',
  i386: '386',
  i686: '386',
  ia32: '386',
  ppc64el: 'ppc64le',
};

/** The variant that is meant when none is said, by containerd's rule. */
const DEFAULT_VARIANTS: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7' };

/** A `--platform` that names none. */
export class InvalidPlatformError extends JcdsError {
  constructor(text: string) {
    super({
      code: 'INVALID_PLATFORM',
      message: `"${safeText(text, 60)}" is not a platform that Linux images have`,
      hint: 'write linux/amd64, linux/arm64, or the name that `uname -m` prints',
    });
  }
}

/**
 * Reads `linux/arm64/v8`, `arm64:v8` (CERN's directories), `arm64`, `aarch64`, …; a missing variant is filled in
 * where there is a usual one. Throws InvalidPlatformError.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split(/[/:]/);
  if (parts[0] === 'linux') parts.shift();
  const word = parts[0] ?? '';
  const [architecture = '', variant] = [
    ...(Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word]! : word).split('/'),
    ...parts.slice(1),
  ];
  const wellFormed =
    /^[a-z0-9]{2,16}$/.test(architecture) && (variant === undefined || /^v[0-9]{1,2}$/.test(variant));
  if (!wellFormed || parts.length > 2) throw new InvalidPlatformError(text);
  return { os: 'linux', architecture, variant: variantOf(architecture, variant ?? null) };
}

function variantOf(architecture: string, variant: string | null): string | null {
  if (architecture === 'amd64' && variant === 'v1') return null;
  return variant ?? (Object.hasOwn(DEFAULT_VARIANTS, architecture) ? DEFAULT_VARIANTS[architecture]! : null);
}

/** `linux/amd64`, `linux/arm64/v8`. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === null ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}
