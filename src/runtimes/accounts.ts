import type { RunRequest } from './runtime.ts';

/** The image's passwd with a line for the user, or null where it has one or none is needed. */
export function passwdFor(request: RunRequest): string | null {
  const { uid, gid, name } = request.user;
  const home = /[:\n]/.test(request.shown.home.path) ? '/' : request.shown.home.path;
  return withLine(request.image.facts?.passwd ?? null, uid, `${safe(name)}:x:${uid}:${gid}::${home}:/bin/sh`);
}

/** The image's group file with a line for the user's group, or null where it has one. */
export function groupFor(request: RunRequest): string | null {
  const { gid, name } = request.user;
  return withLine(request.image.facts?.group ?? null, gid, `${safe(name)}:x:${gid}:`);
}

/** In passwd(5) and group(5) alike the number is the third field. */
function withLine(file: string | null, number: number, line: string): string | null {
  const lines = (file ?? '').split('\n').filter(text => text !== '');
  if (lines.some(text => text.split(':')[2] === String(number))) return null;
  return `${[...lines, line].join('\n')}\n`;
}

function safe(name: string): string {
  return /^[\w.@-]+$/.test(name) ? name : 'user';
}
