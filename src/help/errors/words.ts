/** What an error means, for docs/errors.md. The message and the hint of each case say more. */
export type ErrorWords = readonly [cause: string, cure: string];
