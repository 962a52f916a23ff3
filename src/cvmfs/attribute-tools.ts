/** Programs that can read extended attributes, which Node cannot, in the order in which they are tried. */
export const ATTRIBUTE_TOOLS = ['native', 'getfattr', 'attr', 'python3'] as const;
export type AttributeTool = (typeof ATTRIBUTE_TOOLS)[number];

/** What a tool said: values by name without `user.`, and the system's word for each refusal; '' is the path itself. */
export interface AttributeReading {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

/** How a tool is started for a path and names without `user.`, and how its output is read. */
export interface AttributeToolRow {
  command(
    path: string,
    names: readonly string[],
  ): { readonly file: string; readonly args: readonly string[] };
  parse(output: string): AttributeReading;
}

/** The shell's code for a program that is not there; the scripts below say it of their tool, too. */
export const TOOL_ABSENT = 127;

/**
 * For `node -e`: argv is the module, the path, the names. Prints a JSON line for each: name, value in base64 or null,
 * errno. The binary (1.0.3) says null whatever the reason is; only its listing tells of a path that cannot be asked.
 */
const NATIVE = `
let native;
try { native = require(process.argv[1]); } catch { process.exitCode = ${TOOL_ABSENT}; }
const { getSystemErrorName } = require('node:util');
const errnoOf = thrown => {
  const code = Number(/os error (\\d+)/.exec(String(thrown && thrown.message))?.[1]);
  return code > 0 ? getSystemErrorName(-code) : 'UNKNOWN';
};
const [path, ...names] = native ? process.argv.slice(2) : [];
const say = line => process.stdout.write(JSON.stringify(line) + '\\n');
const answered = names.filter(name => {
  try {
    const value = native.getAttributeSync(path, 'user.' + name);
    say(value ? [name, Buffer.from(value).toString('base64'), null] : [name, null, 'ENODATA']);
    return value;
  } catch (thrown) {
    say([name, null, errnoOf(thrown)]);
  }
});
if (native && answered.length === 0) {
  try { native.listAttributesSync(path); } catch (thrown) { say(['', null, errnoOf(thrown)]); }
}
`;

const PYTHON = `
import base64, errno, json, os, sys
for name in sys.argv[2:]:
    line = [name, None, None]
    try:
        line[1] = base64.b64encode(os.getxattr(sys.argv[1], 'user.' + name)).decode()
    except OSError as failure:
        line[2] = errno.errorcode.get(failure.errno, 'UNKNOWN')
    print(json.dumps(line), flush=True)
`;

/** A site may hide the attributes from listing; they still answer by name, one start of getfattr each. */
const GETFATTR = `
command -v getfattr >/dev/null || exit ${TOOL_ABSENT}
path=$1
shift
shown=$(getfattr -d -m '^user\\.' --absolute-names -- "$path" 2>&1)
printf '%s\\n' "$shown"
case $shown in *"
user.$1="*) exit 0 ;; esac
for name; do getfattr -n "user.$name" --absolute-names -- "$path" 2>&1; done
`;

/** Name, value, a line end and attr's exit code, each pair ended by NUL. */
const ATTR = `
command -v attr >/dev/null || exit ${TOOL_ABSENT}
path=$1
shift
for name; do
  printf '%s\\000' "$name"
  attr -q -g "$name" "$path" 2>&1
  printf '\\n%s\\000' "$?"
done
`;

/** `module` is where the optional native package was found; null: it is not installed. */
export function attributeToolRow(tool: AttributeTool, module: string | null): AttributeToolRow | null {
  const shell = (script: string): AttributeToolRow['command'] => {
    return (path, names) => ({ file: 'sh', args: ['-c', script, 'sh', path, ...names] });
  };
  switch (tool) {
    case 'native': {
      if (module === null) return null;
      const args = ['-e', NATIVE, module];
      return {
        command: (path, names) => ({ file: process.execPath, args: [...args, path, ...names] }),
        parse: parseLines,
      };
    }
    case 'getfattr':
      return { command: shell(GETFATTR), parse: parseGetfattr };
    case 'attr':
      return { command: shell(ATTR), parse: parseAttr };
    case 'python3':
      return {
        command: (path, names) => ({ file: 'python3', args: ['-I', '-S', '-c', PYTHON, path, ...names] }),
        parse: parseLines,
      };
    default:
      return tool satisfies never;
  }
}

/** JSON lines; one that was cut short by a hang is left out. */
function parseLines(output: string): AttributeReading {
  const reading = newReading();
  for (const line of output.split('\n')) {
    const parsed = jsonOf(line);
    if (!Array.isArray(parsed)) continue;
    const [name, value, errno] = parsed as unknown[];
    if (typeof name !== 'string') continue;
    if (typeof value === 'string') reading.values[name] ??= Buffer.from(value, 'base64').toString('utf8');
    else reading.errors[name] = String(errno);
  }
  return reading;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * getfattr's own format: `user.name="text"` with octal escapes, `0s` and base64, `0x` and hexadecimal, or the name alone
 * when the value is empty. The client lists every name twice (an upstream bug).
 */
export function parseGetfattr(output: string): AttributeReading {
  const reading = newReading();
  for (const line of output.split('\n')) {
    const [, name, value] = /^user\.([A-Za-z0-9_.]+)(?:=(.*))?$/.exec(line) ?? [];
    if (name !== undefined) reading.values[name] ??= decoded(value ?? '');
    else readFailure(line, reading);
  }
  return reading;
}

function decoded(value: string): string {
  if (value.startsWith('0s')) return Buffer.from(value.slice(2), 'base64').toString('utf8');
  if (value.startsWith('0x')) return Buffer.from(value.slice(2), 'hex').toString('utf8');
  const inner = /^"(.*)"$/s.exec(value)?.[1] ?? value;
  const bytes = Buffer.from(inner).toString('latin1');
  const plain = bytes.replace(/\\([0-7]{3}|.)/g, (_whole, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8) & 0xff) : code,
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}

/** `PATH: user.NAME: REASON`, or `getfattr: PATH: REASON` when the path itself cannot be asked. */
function readFailure(line: string, reading: Writable): void {
  const [, name, refusal] = /: user\.([A-Za-z0-9_.]+): ([^:]+)$/.exec(line) ?? [];
  const reason = refusal ?? /^getfattr: .*: ([^:]+)$/.exec(line)?.[1];
  if (reason !== undefined) reading.errors[name ?? ''] = errnoOfReason(reason);
}

/** What the script ATTR prints. */
function parseAttr(output: string): AttributeReading {
  const reading = newReading();
  const pieces = output.split('\0');
  for (let index = 0; index + 1 < pieces.length; index += 2) {
    const [name, record] = [pieces[index]!, pieces[index + 1]!];
    const end = record.lastIndexOf('\n');
    const text = record.slice(0, end);
    if (record.slice(end + 1) === '0') reading.values[name] ??= text;
    else reading.errors[name] = errnoOfReason(/^attr_get: (.*)$/m.exec(text)?.[1] ?? text);
  }
  return reading;
}

/** glibc's and musl's words in the C locale. */
const REASONS: Readonly<Record<string, string>> = {
  'Operation not permitted': 'EPERM',
  'Permission denied': 'EACCES',
  'No such attribute': 'ENODATA',
  'No data available': 'ENODATA',
  'Attribute not found': 'ENODATA',
  'Operation not supported': 'ENOTSUP',
  'Not supported': 'ENOTSUP',
  'No such file or directory': 'ENOENT',
  'Not a directory': 'ENOTDIR',
  'Transport endpoint is not connected': 'ENOTCONN',
  'Socket not connected': 'ENOTCONN',
  'Input/output error': 'EIO',
  'I/O error': 'EIO',
};

function errnoOfReason(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason]! : 'UNKNOWN';
}

interface Writable {
  readonly values: Record<string, string>;
  readonly errors: Record<string, string>;
}

/** Without a prototype: the names come from outside. */
function newReading(): Writable {
  return { values: Object.create(null), errors: Object.create(null) };
}
