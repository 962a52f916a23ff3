import { JcdsError } from '../errors.ts';

/** A configuration file that cannot be used: the message names file, line and key. */
export class ConfigurationError extends JcdsError {
  constructor(file: string, line: number | null, key: string | null, reason: string, cause?: unknown) {
    const place = line === null ? file : `${file}, line ${line}`;
    super({
      code: 'CONFIGURATION',
      message: `${place}: ${key === null ? '' : `${key} `}${reason}`,
      hint: 'jcds help configuration',
      cause,
    });
  }
}

/** An environment variable or option whose value does not fit. */
export class SettingValueError extends JcdsError {
  constructor(name: string, value: string, reason: string) {
    super({
      code: 'CONFIGURATION',
      message: `${name} is ${JSON.stringify(value)}, but ${reason}`,
      hint: 'jcds help configuration',
    });
  }
}
