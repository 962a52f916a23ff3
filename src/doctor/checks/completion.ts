import { basename } from 'node:path';
import { installedFor } from '../../completion/install.ts';
import { SHELLS } from '../../completion/script-files.ts';
import { fileTrouble } from '../../files/refused-file.ts';
import type { Check } from '../finding.ts';

/** Whether the user's own shell completes jcds' commands and the published names. */
export const completion: Check = async (_patient, context) => {
  const name = basename(context.environment.SHELL || context.accountShell || '');
  const shell = SHELLS.find(one => one === name);
  if (shell === undefined)
    return [
      { subject: 'completion', state: 'well', finding: `there is none for ${name || 'an unknown shell'}` },
    ];
  const subject = `completion for ${shell}`;
  try {
    const file = await installedFor(shell, context);
    return file === null
      ? [{ subject, state: 'note', finding: 'is not installed', cure: 'jcds completion install' }]
      : [{ subject, state: 'well', finding: `is installed: ${file}` }];
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    return [{ subject, state: 'note', finding: `whether it is installed cannot be seen: ${reason}` }];
  }
};
