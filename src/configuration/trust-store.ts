import { join } from 'node:path';
import type { Context } from '../context.ts';
import { checkLinks } from '../files/links.ts';
import { readPlace } from '../files/read.ts';
import { writeOwn } from '../files/write.ts';
import { isRecord } from './parse-value.ts';
import { realUserDirectory, userDirectory } from './user-directory.ts';

/** Which project files this user has read and trusts: the hash of each, by its path. */
type TrustedHashes = Readonly<Record<string, string>>;

/** What trusting needs of the outside. */
export type TrustContext = Pick<Context, 'environment' | 'home' | 'uid'>;

/** How a project file stands: `changed` since it was trusted, or `never` trusted. */
export type Standing = 'trusted' | 'changed' | 'never';

const NAME = 'trusted.json';
const SCHEMA = 1;

/** How a project file with this content stands. A store that cannot be read trusts nothing. */
export function standingOf(file: string, content: Buffer, context: TrustContext): Standing {
  const hash = trustedHashes(context)[file];
  if (hash === undefined) return 'never';
  return hash === hashOf(content) ? 'trusted' : 'changed';
}

/** Trusts a project file with this content, and no other. Throws like `writeOwn`. */
export function trustFile(file: string, content: Buffer, context: TrustContext): void {
  keep({ ...trustedHashes(context), [file]: hashOf(content) }, context);
}

/** Trusts a project file no more; false: it was not trusted. Throws like `writeOwn`. */
export function distrustFile(file: string, context: TrustContext): boolean {
  const { [file]: hash, ...others } = trustedHashes(context);
  if (hash !== undefined) keep(others, context);
  return hash !== undefined;
}

function trustedHashes(context: TrustContext): TrustedHashes {
  try {
    const text = readPlace(
      'trusted-projects',
      join(userDirectory(context), NAME),
      context.uid,
    ).bytes.toString();
    const found: unknown = JSON.parse(text);
    if (!isRecord(found) || found.schemaVersion !== SCHEMA || !isRecord(found.files)) return {};
    const entries = Object.entries(found.files).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && /^[0-9a-f]{64}$/.test(entry[1]),
    );
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

function keep(files: TrustedHashes, context: TrustContext): void {
  const text = `${JSON.stringify({ schemaVersion: SCHEMA, files }, null, 2)}\n`;
  checkLinks(userDirectory(context), context.uid);
  writeOwn({ base: realUserDirectory(context), name: NAME, uid: context.uid }, text);
}

/** SHA-256. Loaded only where there is a project file. */
function hashOf(content: Buffer): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(content).digest('hex');
}
