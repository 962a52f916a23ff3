import { readdirSync, readFileSync, writeSync } from 'node:fs';
import { findCommand } from '../rootfs/find-command.ts';
import { inspectImage } from '../rootfs/inspect.ts';
import { errnoOf } from '../rootfs/walk.ts';
import { carefulLook } from './careful-look.ts';
import type { ContentFault, LookLine, LookQuestion, MetErrno, PublicationAnswer } from './look-question.ts';
import { brokenContent, type Publication } from './publication.ts';
import { unreachableReason } from './unreachable.ts';

/**
 * The child that looks at CVMFS: a question of jcds on standard input, an answer a line on standard output, one blocking
 * call after the other. It may hang at any of them; its parent does not wait.
 */
export function runLookProgram(): void {
  const question = JSON.parse(readFileSync(0, 'utf8')) as LookQuestion;
  answerLook(question, line => writeSync(1, `${JSON.stringify(line)}\n`));
}

/** Answers a question; `write` gets each line as soon as it is known. */
export function answerLook(question: LookQuestion, write: (line: LookLine) => void): void {
  if (question.ask === 'publications') answerPublications(question, write);
  else if (question.ask === 'survey') {
    const lookingAt = (repository: string, path: string): void => write({ at: { repository, path } });
    const look = carefulLook(question.root, [question.row], lookingAt);
    write({ survey: look.survey(question.row, question.beginning) });
  } else write(aboutImage(question));
}

function aboutImage(question: Extract<LookQuestion, { directory: string }>): LookLine {
  const { directory } = question;
  switch (question.ask) {
    case 'image':
      return seen(directory, () => ({ facts: inspectImage(directory, question.listings) }));
    case 'command':
      return seen(directory, () => ({ command: findCommand(directory, question.command) }));
    default:
      return question satisfies never;
  }
}

function answerPublications(
  { root, repositories, images, inspect }: Extract<LookQuestion, { ask: 'publications' }>,
  write: (line: LookLine) => void,
): void {
  const lookingAt = (repository: string, path: string): void => write({ at: { repository, path } });
  const look = carefulLook(root, repositories, lookingAt);
  images.forEach((image, index) => {
    const publication = look.find(image);
    if (inspect !== null && publication.state === 'published') write({ reading: publication });
    write({ image: index, ...withFacts(publication, inspect) });
  });
}

/**
 * An image whose content cannot be seen is not seen (its top directory alone lives in another catalog); one that its
 * publisher closed to this user is published all the same.
 */
function withFacts(
  publication: Publication,
  listings: readonly string[] | null,
): Omit<PublicationAnswer, 'image'> {
  const nothing = { publication, facts: null, unread: null };
  if (publication.state !== 'published' || publication.kind !== 'directory') return nothing;
  const { target, targetPlace } = publication;
  const found = seen(target, () => ({
    facts: listings === null ? listed(target) : inspectImage(target, listings),
  }));
  if ('facts' in found) return { ...nothing, facts: found.facts };
  if ('fault' in found) return { ...nothing, publication: brokenContent(publication, found.fault) };
  const { repository } = targetPlace;
  const reason = unreachableReason({ code: 'ERRNO', ...found.met }, repository);
  if (reason.code === 'DENIED') return { ...nothing, unread: reason };
  return { ...nothing, publication: { state: 'unreachable', repository, reason } };
}

/** What the job needs at least; of the rest is known what is remembered. */
function listed(directory: string): null {
  readdirSync(directory);
  return null;
}

function seen<T>(directory: string, look: () => T): T | { readonly met: MetErrno } | ContentFault {
  try {
    return look();
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === null) return { fault: thrown instanceof Error ? thrown.message : String(thrown) };
    return { met: { errno, path: (thrown as NodeJS.ErrnoException).path ?? directory } };
  }
}
