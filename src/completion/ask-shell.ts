import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Context } from '../context.ts';
import { withoutOthersHomes } from '../files/others-homes.ts';

type ShellContext = Pick<Context, 'environment' | 'home'>;

/** `absent`: there is no such shell; `silent`: it gave no answer in time, or ended before it could. */
export type Answer<Facts> = Facts | 'absent' | 'silent';

/** What a new bash says of itself: whether it loads completion by a command's name, as the package bash-completion does. */
export interface BashAnswer {
  readonly loadsByName: boolean;
}

/** What a new zsh says of itself. */
export interface ZshAnswer {
  /** Where its start-up files are. */
  readonly dotDirectory: string;
  /** Whether its completion is switched on (compinit). */
  readonly hasCompletion: boolean;
  /** Where it looks for functions. */
  readonly functionPath: readonly string[];
}

const BEGIN = 'jcds-answer';
const END = 'jcds-end';
const BASH_QUESTION = `printf '\\n${BEGIN}\\n'; complete -p -D; printf '${END}\\n'`;
const ZSH_QUESTION = `print -r -- $'\\n${BEGIN}'; print -rl -- "\${ZDOTDIR:-$HOME}" $+functions[compdef] $fpath ${END}`;
/** A start-up file may wait for something; whoever installs completion should not. Milliseconds. */
const PATIENCE = 10_000;
const LONGEST_ANSWER = 1 << 20;

/** Starts a bash as a new terminal would, and asks it. */
export async function askBash(context: ShellContext, patience = PATIENCE): Promise<Answer<BashAnswer>> {
  const lines = await ask('bash', BASH_QUESTION, context, patience);
  return typeof lines === 'string'
    ? lines
    : { loadsByName: lines.some(line => line.startsWith('complete ')) };
}

/** The same of zsh. */
export async function askZsh(context: ShellContext, patience = PATIENCE): Promise<Answer<ZshAnswer>> {
  const lines = await ask('zsh', ZSH_QUESTION, context, patience);
  if (typeof lines === 'string') return lines;
  const [dotDirectory, compdef, ...functionPath] = lines;
  if (dotDirectory === undefined || compdef === undefined) return 'silent';
  return {
    dotDirectory,
    hasCompletion: compdef === '1',
    functionPath: functionPath.filter(path => path !== ''),
  };
}

/**
 * What the shell prints between the marks. Its start-up files run as they do in every new terminal, but without one:
 * in a session of its own, which is ended as a whole when it takes too long.
 */
function ask(
  shell: string,
  question: string,
  { environment, home }: ShellContext,
  patience: number,
): Promise<Answer<string[]>> {
  return new Promise(resolve => {
    const child = spawn(shell, ['-i', '-c', question], {
      // A home that is none (/dev/null) would keep every shell from starting.
      cwd: isDirectory(home) ? home : '/',
      // Another user's start-up files would run as this one.
      env: withoutOthersHomes(environment),
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    const settle = (answer: Answer<string[]>): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      if (child.pid !== undefined) endSession(child.pid);
      settle('silent');
    }, patience);
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      if (text.length < LONGEST_ANSWER) text += piece;
      const answer = answerIn(text);
      if (answer !== null) settle(answer);
    });
    child.on('error', () => settle('absent'));
    // Not at `exit`: what it has printed may still be on its way.
    child.on('close', () => settle('silent'));
  });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function answerIn(text: string): string[] | null {
  const begin = text.lastIndexOf(`\n${BEGIN}\n`);
  const end = text.indexOf(`\n${END}\n`, begin);
  return begin < 0 || end < 0 ? null : text.slice(begin + BEGIN.length + 2, end).split('\n');
}

function endSession(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
