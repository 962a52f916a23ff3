// The standalone in place of Node.js and dist/, from the command line: bytes, failures, asking a forge and a registry (through a
// proxy) for publication, listing.
import './built.ts';
import '../cli/bytes.test.ts';
import '../cli/request.test.ts';
import '../cli/resolve-list.test.ts';
import '../cli/status-file.test.ts';
