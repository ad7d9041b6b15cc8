// mockttp as a server and a proxy for tests/runtime/http_client/peers_test.cpp:
//   node mock_server.mjs PORT AUTHORITY.PEM
// It writes the certificate of its authority to that file before it listens.

import { writeFileSync } from 'node:fs';
import { generateCACertificate, getLocal } from 'mockttp';

const [port, authority] = process.argv.slice(2);
const https = await generateCACertificate({ bits: 2048 });
writeFileSync(authority, https.cert);
const server = getLocal({ https, http2: false, recordTraffic: false });
await server.forGet('/json').always().thenReply(200, '{"a":1}', { 'content-type': 'application/json' });
await server.forGet('/close').always().thenCloseConnection();
await server.forGet('/reset').always().thenResetConnection();
await server.forGet('/silent').always().thenTimeout();
await server.start(Number(port));
process.on('SIGTERM', () => process.exit(0));
