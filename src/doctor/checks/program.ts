import type { Check } from '../finding.ts';

declare const JCDS_VERSION: string;

/** Which jcds this is, and what runs it. */
export const program: Check = async (_patient, { self }) => {
  const [first = process.execPath] = self;
  const runs =
    self.length > 1 ? `by Node.js ${process.versions.node} (${first})` : `as a program of its own (${first})`;
  return [{ subject: `jcds ${JCDS_VERSION}`, state: 'well', finding: `runs ${runs}` }];
};
