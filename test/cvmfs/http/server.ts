import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join, normalize } from 'node:path';

/** What a server can do wrong with one kind of object. */
export type Fault =
  | 'hang'
  | 'drip'
  | 'reset'
  | 'html'
  | 'truncate'
  | 'cut'
  | 'corrupt'
  | 'huge'
  | 'redirect'
  | { readonly status: number }
  | { readonly bytes: Uint8Array };

export type ObjectKind = 'manifest' | 'whitelist' | 'certificate' | 'catalog' | 'file';

export interface TestServer {
  /** Of the server: `http://127.0.0.1:PORT/cvmfs/@fqrn@`. */
  readonly template: string;
  readonly origin: string;
  /** Paths asked for, in order, conditional ones with ` (conditional)` at the end. */
  readonly requests: string[];
  /** Set at any time; a kind that is not named is served well. */
  readonly faults: Map<ObjectKind, Fault>;
  /** Ends of the connections that were left hanging. */
  readonly hung: Promise<void>[];
  /** Milliseconds before each answer. */
  latency: number;
  /** The header Age of each answer, as of a proxy; null: none. */
  age: number | null;
  close(): Promise<void>;
}

/** Where the bytes come from: a directory, or a table of path below `/cvmfs/` -> bytes. */
export type Files = string | ReadonlyMap<string, Uint8Array>;

/** Serves `/cvmfs/…` on loopback, with the faults asked for. */
export async function serve(files: Files): Promise<TestServer> {
  const requests: string[] = [];
  const faults = new Map<ObjectKind, Fault>();
  const hung: Promise<void>[] = [];
  const state = { latency: 0, age: null as number | null };
  const { server, close } = await listen(async (incoming, outgoing) => {
    const path = decodeURIComponent(new URL(incoming.url ?? '/', 'http://x').pathname).replace(
      /^\/cvmfs\//,
      '',
    );
    const condition = incoming.headers['if-none-match'];
    requests.push(path + (condition ? ' (conditional)' : ''));
    if (state.latency > 0) await new Promise(resolve => setTimeout(resolve, state.latency));
    const bytes = await load(files, path);
    const fault = faults.get(kindOf(path));
    if (fault === 'hang') hung.push(new Promise(resolve => outgoing.on('close', () => resolve())));
    if (fault !== undefined) return misbehave(fault, bytes ?? Buffer.alloc(0), outgoing);
    if (!bytes)
      return void outgoing.writeHead(404, { 'content-type': 'text/html' }).end('<html>not here</html>');
    const etag = `"${createHash('sha1').update(bytes).digest('hex')}"`;
    if (condition === etag) return void outgoing.writeHead(304, { etag }).end();
    const age = state.age === null ? {} : { age: String(state.age) };
    outgoing.writeHead(200, { etag, 'content-length': bytes.length, ...age }).end(bytes);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    template: `${origin}/cvmfs/@fqrn@`,
    origin,
    requests,
    faults,
    hung,
    get latency() {
      return state.latency;
    },
    get age() {
      return state.age;
    },
    set age(seconds) {
      state.age = seconds;
    },
    set latency(milliseconds) {
      state.latency = milliseconds;
    },
    close,
  };
}

export function kindOf(path: string): ObjectKind {
  if (path.endsWith('.cvmfspublished')) return 'manifest';
  if (path.endsWith('.cvmfswhitelist')) return 'whitelist';
  if (path.endsWith('X')) return 'certificate';
  return path.endsWith('C') ? 'catalog' : 'file';
}

async function load(files: Files, path: string): Promise<Uint8Array | null> {
  if (typeof files !== 'string') return files.get(path) ?? null;
  return readFile(join(files, normalize(`/${path}`))).catch(() => null);
}

function misbehave(fault: Fault, bytes: Uint8Array, outgoing: ServerResponse): void {
  if (typeof fault === 'object') {
    if ('status' in fault) outgoing.writeHead(fault.status).end('no');
    else outgoing.writeHead(200, { 'content-length': fault.bytes.length }).end(fault.bytes);
    return;
  }
  switch (fault) {
    case 'hang':
      return;
    case 'drip':
      drip(bytes, outgoing);
      return;
    case 'reset':
      outgoing.socket?.resetAndDestroy();
      return;
    case 'html':
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Log in</title>');
      return;
    case 'truncate': {
      const half = bytes.subarray(0, bytes.length >> 2);
      outgoing.writeHead(200, { 'content-length': half.length }).end(half);
      return;
    }
    case 'cut':
      outgoing
        .writeHead(200, { 'content-length': bytes.length })
        .write(bytes.subarray(0, bytes.length >> 2), () => outgoing.destroy());
      return;
    case 'corrupt':
      outgoing.writeHead(200, { 'content-length': bytes.length }).end(flipped(bytes, bytes.length >> 2));
      return;
    case 'huge':
      outgoing.writeHead(200, { 'content-length': 10_000_000_000 }).write(Buffer.alloc(1 << 20));
      return;
    case 'redirect':
      outgoing.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
      return;
    default:
      fault satisfies never;
  }
}

/** The bytes with one bit changed. */
export function flipped(bytes: Uint8Array, index: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[index] = copy[index]! ^ 1;
  return copy;
}

function drip(bytes: Uint8Array, outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-length': bytes.length });
  let index = 0;
  const timer = setInterval(() => {
    if (index >= bytes.length || outgoing.destroyed) return clearInterval(timer);
    outgoing.write(bytes.subarray(index, ++index));
  }, 20);
  outgoing.on('close', () => clearInterval(timer));
}

export interface TestProxy {
  readonly url: string;
  /** Request lines, as they came. */
  readonly requests: string[];
  /** Headers of the last request. */
  lastHeaders: IncomingMessage['headers'];
  /** Damages what passes through, unless the request asks for a fresh copy. */
  damages: boolean;
  /** Answers everything itself with this status. */
  status: number | null;
  close(): Promise<void>;
}

/** A site's squid: absolute-form GET is forwarded, CONNECT is refused. */
export async function serveProxy(): Promise<TestProxy> {
  const proxy = { requests: [] as string[], lastHeaders: {}, damages: false, status: null as number | null };
  const { server, close } = await listen((incoming, outgoing) => {
    proxy.requests.push(`${incoming.method} ${incoming.url}`);
    proxy.lastHeaders = incoming.headers;
    if (proxy.status !== null) return void outgoing.writeHead(proxy.status).end();
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const upstream = httpRequest(incoming.url ?? '', { headers }, answer => {
      const pieces: Uint8Array[] = [];
      answer.on('data', piece => pieces.push(piece));
      answer.on('end', () => {
        const bytes = Buffer.concat(pieces);
        const isDamaged = proxy.damages && !incoming.headers['cache-control'] && bytes.length > 0;
        outgoing
          .writeHead(answer.statusCode ?? 502, answer.headers)
          .end(isDamaged ? flipped(bytes, bytes.length >> 2) : bytes);
      });
    });
    upstream.on('error', () => outgoing.writeHead(503).end());
    upstream.end();
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    proxy.requests.push(`CONNECT ${incoming.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(proxy, { url, close });
}

/** An address of loopback where nobody listens. */
export async function closedPort(): Promise<string> {
  const { server, close } = await listen(() => undefined);
  const { port } = server.address() as AddressInfo;
  await close();
  return `http://127.0.0.1:${port}`;
}

async function listen(
  handle: (incoming: IncomingMessage, outgoing: ServerResponse) => unknown,
): Promise<{ server: Server; close: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
