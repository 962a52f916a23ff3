/**
 * Names that dash or bash keep for themselves: assigning them is an error, is ignored, or changes the value. Found by
 * assigning every name of bash 5.2's manual in both shells; the test does it again.
 */
const RESERVED: ReadonlySet<string> = new Set(
  (
    '_ BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_LINENO ' +
    'BASH_MONOSECONDS BASH_SOURCE BASH_SUBSHELL BASH_TRAPSIG BASH_VERSINFO BASH_XTRACEFD DIRSTACK EPOCHREALTIME ' +
    'EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO OPTIND PIPESTATUS PPID RANDOM SECONDS SHELLOPTS SHLVL SRANDOM UID'
  ).split(' '),
);

const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Whether every shell can hold a variable of this name and hand it on unchanged. A value that must stand in no
 * argument list reaches the job only under such a name.
 */
export function isShellName(name: string): boolean {
  return SHELL_NAME.test(name) && !RESERVED.has(name);
}
