import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { makeCertificate, makeKeys, pemOf } from '../cvmfs/http/test-certificate.ts';

/** Host and port as they are typed, to the port on loopback of the server that answers in their name by plain http. */
export type Routes = Record<string, number>;

/**
 * A proxy on loopback that ends TLS in the name of any host that it has a route for, so that real names (github.com, ghcr.io,
 * git.jinr.ru:5005) are typed and the project's fakes answer. Other hosts are refused as by a site's proxy (403).
 */
export class RealNames {
  readonly routes: Routes;
  /** Where to, of every CONNECT. */
  readonly asked: string[] = [];
  /** A file with the certificate of the proxy's authority. */
  readonly certificate: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(routes: Routes, folder: string) {
    const keys = makeKeys();
    const hosts = [...new Set(Object.keys(routes).map(route => route.replace(/:\d+$/, '')))];
    const pem = pemOf(makeCertificate(keys, hosts));
    this.routes = routes;
    this.certificate = join(folder, 'authority.pem');
    writeFileSync(this.certificate, pem);
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const secureContext = createSecureContext({ key, cert: pem });
    this.#server = createServer((_request, response) => response.writeHead(403).end());
    this.#server.on('connect', (request, socket: Socket) => {
      this.asked.push(request.url ?? '');
      const port = this.routes[(request.url ?? '').replace(/:443$/, '')];
      if (port === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      this.#join(new TLSSocket(socket, { isServer: true, secureContext }), connect(port, '127.0.0.1'));
    });
    this.#server.on('connection', socket => this.#keep(socket));
  }

  /** @param folder where the certificate is written */
  static async open(routes: Routes, folder: string): Promise<RealNames> {
    const made = new RealNames(routes, folder);
    await new Promise<void>(resolve => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  /** What a program needs to know to come by here with what it asks by https. */
  get environment(): { https_proxy: string; NODE_EXTRA_CA_CERTS: string } {
    const { port } = this.#server.address() as AddressInfo;
    return { https_proxy: `http://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: this.certificate };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #join(one: Socket, other: Socket): void {
    this.#keep(other);
    for (const socket of [one, other]) socket.on('error', () => [one, other].map(end => end.destroy()));
    one.pipe(other).pipe(one);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
  }
}
