import type { RunRequest } from './runtime.ts';

/** What the host's passwd(5) and group(5) say of whoever starts the job. */
export interface Account {
  readonly name: string;
  /** Of the account's own group, which need not be the one that the job has. */
  readonly gid: number;
  readonly gecos: string;
  /** Empty: the usual one. */
  readonly shell: string;
  /** The groups of the job and of the account, as far as they have names. */
  readonly groups: readonly { readonly name: string; readonly gid: number }[];
}

/** A file of accounts for the job. */
export interface AccountFile {
  readonly text: string;
  /** The lines of it that are the user's: those must stay where a runtime has to shorten it. */
  readonly own: readonly string[];
}

/**
 * The image's passwd with the user in it, as Apptainer writes it: the image's own line for this uid, with the job's home in it,
 * or else one more line with what the host says.
 */
export function passwdFor({ image, shown, user }: RunRequest): AccountFile {
  const home = /[:\n]/.test(shown.home.path) ? '/' : shown.home.path;
  const { name, gid, gecos, shell } = accountOf(user);
  const lines = linesOf(image.facts?.passwd);
  const known = lines.findIndex(line => {
    const fields = line.split(':');
    return fields[2] === String(user.uid) && fields.length >= 7;
  });
  const own =
    known < 0
      ? [safe(name), 'x', user.uid, gid, gecos, home, shell || '/bin/sh'].join(':')
      : lines[known]!.replace(/:[^:]*:([^:]*)$/, (_, last: string) => `:${home}:${last}`);
  if (known < 0) lines.push(own);
  else lines[known] = own;
  return { text: `${lines.join('\n')}\n`, own: [own] };
}

/** The image's group file with a line for each of the user's groups, as Apptainer writes it. */
export function groupFor({ image, user }: RunRequest): AccountFile {
  const { name, groups } = accountOf(user);
  const own = groups.map(group => [safe(group.name), 'x', group.gid, safe(name)].join(':'));
  return { text: `${[...linesOf(image.facts?.group), ...own].join('\n')}\n`, own };
}

function linesOf(file: string | null | undefined): string[] {
  return (file ?? '').split('\n').filter(line => line !== '');
}

function accountOf({ account, gid, name }: RunRequest['user']): Account {
  return account ?? { name, gid, gecos: '', shell: '', groups: [{ name, gid }] };
}

function safe(name: string): string {
  return /^[\w.@-]+$/.test(name) ? name : 'user';
}
