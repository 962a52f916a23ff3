import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

/** The job's command, what it is shown of the host, and the runtime that starts it. */
export const JOB_ERRORS = {
  ARGUMENTS_NOT_UTF8: [
    'Apptainer changes arguments that are not UTF-8, and the image has no /bin/sh to undo that',
    'another runtime: --runtime unshare',
  ],
  BIND_PLACE: ['nothing can be shown at this place of the container', 'another place: --bind SRC:DST'],
  BIND_SOURCE: [
    'what is to be shown is not there, or may not be read',
    'look at it with ls -ld; repeat -B for each directory',
  ],
  COMMAND_NOT_EXECUTABLE: [
    'the command is in the image and cannot be executed there',
    'the message names the obstacle: rights, another architecture, a missing interpreter',
  ],
  COMMAND_NOT_FOUND: ['the command is not in the image', 'look what is there: jcds shell IMAGE'],
  DIGEST_UNPROVEN: [
    'the tag is published, and nothing in the repository proves that it has this digest',
    'run it without the digest, or by the path of its directory',
  ],
  ENGINE_FILES: [
    'podman and docker need a few files on this host for each container, and the directory for them is not yours, is a link, or cannot be written',
    'a cache directory of your own (XDG_CACHE_HOME), or another runtime',
  ],
  ENV_FILE: ['the file of --env-file cannot be read', 'look at it with ls -ld'],
  ENVIRONMENT_UNREAD: [
    'a script of jcds wrap cannot read a value in the ENV of this image',
    'jcds exec, or the script written anew',
  ],
  FOREIGN_LINK: [
    'another user’s link leads to a file that a variable names, and would choose what the job sees',
    'name the file by a path of your own, or unset the variable; jcds exec leaves it out',
  ],
  HOME_NOT_POSSIBLE: [
    'Apptainer takes no home directory with this name',
    '--home DIR, --no-home, or another runtime',
  ],
  INVALID_BIND: ['the words of --bind or --mount say no bind', '--bind SRC[:DST[:ro|rw]]'],
  INVALID_ENVIRONMENT_NAME: [
    'a variable of this name cannot be handed to the job',
    'letters, digits and _, and no name that shells keep',
  ],
  INVALID_VARIABLE: ['the words of --env, or a line of --env-file, set no variable', 'NAME=value'],
  NO_FREE_DESCRIPTOR: [
    'the caller holds too many of the descriptors below 10 open',
    'close some: jcds … 3>&- 4>&-',
  ],
  NO_PLACE: [
    'something is bound from every directory below which the new root could be made',
    'bind from one directory less, or another runtime',
  ],
  NO_RUNTIME: [
    'no container runtime of this host can run this job; the message has the reason of each',
    'what the reasons say, or another host',
  ],
  NOT_TEXT: [
    'Apptainer would change an argument or a variable, and a script of jcds wrap does not mend that',
    'jcds exec, or a script for bubblewrap',
  ],
  NOT_WRAPPABLE: [
    'a script without jcds cannot start this runtime',
    'jcds wrap --runtime apptainer or bubblewrap, or jcds exec in a script of your own',
  ],
  ODD_NAME: ['a script of jcds wrap cannot hand a directory of this name to its runtime', 'jcds exec'],
  OWN_DIRECTORY: [
    'a script would show a directory of jcds’ own, which jobs are not to write to',
    'start in another directory, or use jcds exec, which shows it read-only',
  ],
  OWN_NAME: ["a variable has a name of the script's own", 'unset it, or use jcds exec'],
  PLATFORM_MISMATCH: [
    'the image is for another kind of machine',
    'a host of that kind, or an image for this one',
  ],
  SITE_VARIABLE: [
    'a variable that a site sets for Apptainer holds what it cannot mean, or what a script cannot do',
    'unset it, or correct it where the site sets it; instead of a script jcds exec',
  ],
  STATUS_FILE: [
    'the file of --status-file cannot be written, so the job is not started',
    'a place that can be written',
  ],
  UNKNOWN_RUNTIME: ['jcds knows no runtime of this name', 'one of the names that jcds run --help lists'],
  UNSUPPORTED_BY_RUNTIME: [
    'the chosen runtime cannot do what an option asks',
    'leave the option out, or another runtime',
  ],
  VARIABLE_NOT_POSSIBLE: [
    'Apptainer cannot set this variable in this image',
    'another runtime: --runtime bubblewrap',
  ],
  WORD_TOO_LONG: [
    'one word is longer than what Linux hands to a program',
    'put it into a file and let the job read that',
  ],
  WORKDIR_MISSING: ['the working directory is not in the container', '--workdir DIR, or show it with --bind'],
  WORKDIR_UNKNOWN: ['the image does not say its working directory', '--workdir DIR'],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
