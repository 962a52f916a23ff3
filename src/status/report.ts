import { commandText } from '../command-text.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import type { Finding } from '../cvmfs/origin.ts';
import { missingHint } from '../cvmfs/publication.ts';
import { EXIT } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { Meaning, Style } from '../output/style.ts';
import { table } from '../output/table.ts';
import { wrap } from '../output/wrap-text.ts';
import type { ImageStatus } from './gather.ts';
import { isFinal } from './newest.ts';
import { absenceHint } from './not-in-revision.ts';

/** How a report is drawn. */
export interface Drawing {
  /** Characters that a line may have; null: no bound. */
  readonly width: number | null;
  readonly style: Style;
  /** Whether to show evidence (`-v`). */
  readonly verbose: boolean;
  /** The `--repository` options that were typed, for hints. */
  readonly typed: string;
}

const STATES: Readonly<Record<ImageStatus['publication']['state'], Meaning>> = {
  published: 'good',
  missing: 'bad',
  broken: 'bad',
  unreachable: 'unknown',
};

/** Findings by which an image is not the one that was asked for: they decide the exit code. */
const MISMATCHES: ReadonlySet<Finding['code']> = new Set([
  'registry-mismatch',
  'digest-unproven',
  'platform-mismatch',
]);

/** 75 when a repository could not be seen, or a newer revision may have what is missing; else 1 when an image is missing, broken or another one; else 0. */
export function exitCodeOf(statuses: readonly ImageStatus[]): number {
  const states = new Set(statuses.map(({ publication }) => publication.state));
  const isOpen = statuses.some(one => one.publication.state === 'missing' && !isFinal(one));
  if (states.has('unreachable') || isOpen) return EXIT.later;
  const isOther = statuses.some(({ findings }) => findings.some(({ code }) => MISMATCHES.has(code)));
  return states.has('missing') || states.has('broken') || isOther ? EXIT.no : EXIT.ok;
}

/** The report for people: a table, then what there is to say of each image, then the repositories. */
export async function reportText(statuses: readonly ImageStatus[], drawing: Drawing): Promise<string> {
  // Most people have no copies at all.
  const areCopies = statuses.some(({ local }) => 'value' in local);
  const drawn = await table({
    head: ['IMAGE', 'STATE', ...(areCopies ? ['LOCAL COPY'] : []), 'FINDINGS'],
    rows: statuses.map(({ name, publication, findings, local }) => [
      name,
      { text: publication.state, meaning: STATES[publication.state] },
      ...(areCopies ? [copyText(local)] : []),
      { text: codes(findings), meaning: 'warning' },
    ]),
    ...drawing,
  });
  const paragraphs = [
    ...statuses.flatMap(status => imageParagraph(status, drawing)),
    ...revisionLines(statuses, drawing),
  ];
  return [drawn, ...paragraphs].join(paragraphs.length > 0 ? '\n' : '');
}

/** When it was made. */
function copyText(local: ImageStatus['local']): string {
  return 'value' in local ? (local.value.made?.slice(0, 10) ?? 'yes') : '';
}

function codes(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ code }) => code))].join(', ');
}

/** Nothing to say of an image that is there and as it should be, unless evidence is wanted. */
function imageParagraph(status: ImageStatus, drawing: Drawing): string[] {
  const { name, publication, findings, upstream } = status;
  const lines = overHttpLines(status, drawing);
  if (publication.state === 'unreachable')
    lines.push(
      `unreachable: ${publication.repository} cannot be seen: ${publication.reason.detail}`,
      `  hint: ${publication.reason.hint}`,
    );
  if (publication.state === 'missing' && findings.length === 0) lines.push(...missingLines(status, drawing));
  for (const { code, message, evidence, hint } of findings) {
    lines.push(`${code}: ${message}`);
    if (drawing.verbose) lines.push(`  evidence: ${evidence}`);
    if (hint !== '') lines.push(`  hint: ${hint}`);
  }
  // Whoever asks for the registry is told what it said, also when it says nothing.
  const isNews =
    publication.state === 'unreachable' || ['unknown', 'present'].includes(upstream?.state ?? '');
  if (upstream !== null && (drawing.verbose || isNews)) {
    lines.push(`registry: ${upstream.evidence}`);
    if (upstream.hint !== null) lines.push(`  hint: ${upstream.hint}`);
  }
  lines.push(...copyLines(status, drawing));
  if (drawing.verbose) lines.push(...where(status));
  return lines.length === 0 ? [] : [paragraph(name, lines, drawing)];
}

/** Only of what the newest revision has not either is it said that it is not published. */
function missingLines(status: ImageStatus, { typed }: Drawing): string[] {
  const { name, publication, freshness } = status;
  const { looked = [], meant } = publication.state === 'missing' ? publication : {};
  if (isFinal(status))
    return ['missing: it is not published', `  hint: ${missingHint(name, looked, typed, meant)}`];
  return [
    ...freshness.map(({ absence }) => `missing: ${absence}`),
    `  hint: ${absenceHint(name, status, typed)}`,
  ];
}

/** A copy is apart from what is published: it is told of where nothing is published, or as evidence. */
function copyLines({ name, publication, local }: ImageStatus, { verbose }: Drawing): string[] {
  if (!('value' in local) || (publication.state === 'published' && !verbose)) return [];
  const { path, digest } = local.value;
  return [
    `local copy: ${verbose ? `${path}, ` : ''}${digest}`,
    `  hint: run it with: ${commandText('jcds', 'run', '--local', name)}`,
  ];
}

/** What a path means that was read over HTTP. With evidence, the path itself stands further below. */
function overHttpLines({ publication, overHttp, notMounted, http }: ImageStatus, drawing: Drawing): string[] {
  if (!overHttp || publication.state !== 'published') return [];
  const trust = http?.verified === true ? 'verified' : 'UNVERIFIED';
  const here = notMounted === null ? '' : `; it has no path on this host: ${notMounted.detail}`;
  return [
    `published in ${publication.repository}, revision ${http?.revision}, ${trust}${here}`,
    ...(drawing.verbose ? [] : [`target: ${publication.target}`]),
  ];
}

function where({ publication, origin, isRemembered }: ImageStatus): string[] {
  if (publication.state === 'unreachable') return [];
  if (publication.state === 'broken') return [`looked at: ${publication.entry.path}`];
  if (publication.state === 'missing') return publication.looked.map(({ path }) => `looked at: ${path}`);
  return [
    `path: ${publication.path}`,
    `target: ${publication.target}`,
    ...(origin === null ? [] : [`made from: ${origin.from} (${origin.bootstrap})`]),
    ...(isRemembered === true ? ['from memory: what the image says of itself, read by an earlier look'] : []),
  ];
}

/** How this host stands to the servers: where an image is not there, or when evidence is wanted. */
function revisionLines(statuses: readonly ImageStatus[], drawing: Drawing): string[] {
  const told = statuses.filter(
    ({ publication, overHttp }) => drawing.verbose || overHttp || publication.state !== 'published',
  );
  const byName = new Map<string, Freshness>();
  for (const { freshness } of told) for (const one of freshness) byName.set(one.repository, one);
  return [...byName.values()].map(({ repository, sentence, hint }) =>
    paragraph(repository, hint === null ? [sentence] : [sentence, `  hint: ${hint}`], drawing),
  );
}

function paragraph(title: string, lines: readonly string[], { width, style }: Drawing): string {
  const [head, ...rest] = [title, ...lines.map(line => `  ${line}`)].flatMap(line => {
    const text = safeText(line.trimStart(), 2000);
    const indent = line.slice(0, line.length - line.trimStart().length);
    return width === null ? [indent + text] : wrap(indent + text, Math.max(8, width), `${indent}  `);
  });
  return [style('heading', head!), ...rest].map(line => `${line}\n`).join('');
}
