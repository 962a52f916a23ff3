import { CommandNotExecutableError, CommandNotFoundError } from '../job/check-command.ts';
import { failLine, TEXT } from './failures.ts';
import { part } from './part.ts';
import CHECK from './shell/check.sh';

/** jcds_check COMMAND. @param name the image's */
export function commandScript(name: string): string {
  const cannot = new CommandNotExecutableError(TEXT, name, { why: 'directory' });
  return part(CHECK, {
    REFUSED: failLine(cannot, '    ').replace('it is a directory', '$jcds_refused'),
    NOT_FOUND: failLine(new CommandNotFoundError(TEXT, name, true), '  ', '$jcds_command'),
  });
}
