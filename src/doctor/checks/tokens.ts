import { commandText } from '../../command-text.ts';
import type { Context } from '../../context.ts';
import { isJcdsError } from '../../errors.ts';
import { forgesOf } from '../../publication-requests/service.ts';
import { tokenStanding } from '../../publication-requests/token-standing.ts';
import { credentialFiles, readCredentialFile } from '../../registry/credential-file.ts';
import type { Check, Finding, Patient } from '../finding.ts';

/** What requests for publication and questions to registries need. Nothing is sent, and no secret is shown. */
export const tokens: Check = async (patient, context) => [
  ...(await forges(patient, context)),
  ...(await registries(context)),
];

async function forges({ settings }: Patient, context: Context): Promise<Finding[]> {
  const standings = await Promise.all(
    forgesOf(settings, undefined).map(forge => tokenStanding(forge, false, context)),
  );
  return standings.map(({ host, where, error }): Finding => {
    const subject = `token for ${host}`;
    if (error === null)
      return {
        subject,
        state: 'well',
        finding: `is in ${where}; what it may do: ${commandText('jcds', 'auth', 'status', host)}`,
      };
    return {
      ...{ subject, state: 'note', finding: `${error.message}: images can be run, and not requested` },
      ...(error.hint !== undefined && { cure: error.hint }),
    };
  });
}

async function registries(context: Context): Promise<Finding[]> {
  const found = await Promise.all(credentialFiles(context).map(loginsIn));
  const findings = found.flat();
  const none: Finding = {
    subject: 'registry login',
    state: 'well',
    finding: 'none: only private images need one',
  };
  return findings.length === 0 ? [none] : findings;
}

async function loginsIn(path: string): Promise<Finding[]> {
  const subject = 'registry login';
  try {
    const file = await readCredentialFile(path);
    if (file === null) return [];
    const names = [...new Set([...Object.keys(file.auths), ...Object.keys(file.credHelpers)])];
    return [{ subject, state: 'well', finding: `${path}: ${names.join(', ') || 'nobody is logged in'}` }];
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return [
      {
        subject,
        state: 'note',
        finding: thrown.message,
        ...(thrown.hint !== undefined && { cure: thrown.hint }),
      },
    ];
  }
}
