import type { ConversionRecord } from '../conversion/record.ts';
import { readTextIfThere } from '../files/read.ts';
import { writeOwn } from '../files/write.ts';
import { jsonLine } from '../output/json.ts';
import { inStore } from './errors.ts';
import { recordName } from './places.ts';

/**
 * Counts with what a conversion makes of the same layers. 1 kept what group and everybody may write in an image: where a store is
 * open to others, they could change a copy.
 */
export const RULE = 2;

/** What a store keeps of a copy. */
export interface StoreRecord extends ConversionRecord {
  readonly schema: 1;
  /** The rule by which it was converted; a newer one may make another tree of the same layers. */
  readonly rule: number;
  /** What its directory is named after. */
  readonly identity: 'manifest' | 'config';
  /** The version that made it. */
  readonly jcds: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
}

/**
 * The record of a copy, or null where there is none that can be read: it says what the copy is, and by its rule whether others could change it.
 * @param uid whose it must be; null: a store that others keep
 */
export function readRecord(store: string, hex: string, uid: number | null): StoreRecord | null {
  try {
    const place = uid === null ? 'shared-store-record' : 'store-record';
    const text = readTextIfThere(place, `${store}/${recordName(hex)}`, uid ?? undefined);
    const found: unknown = text === null ? null : JSON.parse(text);
    return isRecord(found) ? found : null;
  } catch {
    return null;
  }
}

/** Throws StoreUnusableError. */
export function writeRecord(store: string, hex: string, record: StoreRecord, uid: number): void {
  inStore(store, () =>
    writeOwn({ base: store, name: recordName(hex), uid, isNamed: true }, jsonLine(record)),
  );
}

type Check = (value: unknown) => boolean;
const isText: Check = value => typeof value === 'string' && value.length <= 4096;
const isCount: Check = value => Number.isSafeInteger(value) && (value as number) >= 0;
const isDigest: Check = value => isText(value) && /^sha\d+:[0-9a-f]{64,128}$/.test(value as string);
const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value);

const FIELDS: Readonly<Record<keyof StoreRecord, Check>> = {
  schema: value => value === 1,
  rule: isCount,
  identity: value => value === 'manifest' || value === 'config',
  source: isText,
  platform: isText,
  manifestDigest: orNull(isDigest),
  indexDigest: orNull(isDigest),
  configDigest: isDigest,
  layers: isCount,
  entries: isCount,
  bytes: isCount,
  remarks: value => Array.isArray(value) && value.length <= 100 && value.every(isRemark),
  jcds: isText,
  madeAt: isCount,
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRecord(value: unknown): value is StoreRecord {
  return isObject(value) && Object.entries(FIELDS).every(([key, check]) => check(value[key]));
}

function isRemark(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, done, count, examples } = value;
  return (
    isText(kind) &&
    (done === 'left out' || done === 'repaired') &&
    isCount(count) &&
    Array.isArray(examples) &&
    examples.length <= 100 &&
    examples.every(isText)
  );
}
