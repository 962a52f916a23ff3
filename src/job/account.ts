import type { Context } from '../context.ts';
import { readPlace } from '../files/read.ts';
import { fromBytes } from '../launch/bytes.ts';
import type { Account } from '../runtimes/accounts.ts';

type Person = Pick<Context, 'uid' | 'gid' | 'userName' | 'accountShell'>;

/**
 * What this host says of whoever starts the job: its files, and of an account that only a directory service knows what the C
 * library tells. A group that no file has stays out, but for the first, which then bears the user's name.
 * @param groups ids of all groups that the job will have
 */
export function readAccount(
  { uid, gid, userName, accountShell }: Person,
  groups: readonly number[],
  read: (file: string) => string = readIfThere,
): Account {
  const fields = entries(read('/etc/passwd')).find(entry => entry[2] === String(uid));
  const [name = userName, , , group = String(gid), gecos = '', , shell = ''] = fields ?? [];
  const wanted = new Set([...groups, gid].map(String).concat(group));
  const named = new Map<string, string>();
  for (const [title = '', , id = ''] of entries(read('/etc/group')))
    if (wanted.has(id) && !named.has(id)) named.set(id, title);
  if (!named.has(group)) named.set(group, name);
  return {
    name,
    gid: Number(group),
    gecos,
    shell: fields === undefined ? (accountShell ?? '') : shell,
    groups: [...named].map(([id, title]) => ({ name: title, gid: Number(id) })),
  };
}

function entries(text: string): string[][] {
  return text.split('\n').map(line => line.split(':'));
}

function readIfThere(file: string): string {
  try {
    return fromBytes(readPlace('system', file).bytes);
  } catch {
    return '';
  }
}
