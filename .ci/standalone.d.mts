export function compile(entry: string, outfile: string, architecture?: string): Promise<string[]>;
export function furnish(directory: string, architecture?: string): void;
export function buildStandalone(directory: string, architecture?: string): Promise<void>;
