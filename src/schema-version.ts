/**
 * The version of every JSON object that jcds prints or writes for programs (`--json`, `--status-file`). Within a version keys may
 * be added; states and meanings stay. 2: `broken` is a state of its own, and every `null` of newest, local and registry has a reason.
 */
export const SCHEMA_VERSION = 2;
