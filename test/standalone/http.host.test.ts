// The standalone's HTTP: the signed repository (WebAssembly, signatures, a changed clock), and https through a proxy.
import './built.ts';
import '../cli/no-mount.host.test.ts';
import '../registry/https.host.test.ts';
