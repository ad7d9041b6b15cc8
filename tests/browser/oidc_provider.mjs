// oidc-provider (certified) as an OpenID Connect provider, for tests and for trying samples/login:
//   node oidc_provider.mjs PORT REDIRECT_URI [ALGORITHM]
// It accepts any name with any password.

import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, redirectURI, algorithm = 'RS256'] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;

const pairs = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};
const key = { ...pairs[algorithm]().privateKey.export({ format: 'jwk' }), use: 'sig', alg: algorithm };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'bora-sample',
      client_secret: 'bora-sample-secret',
      redirect_uris: [redirectURI],
      post_logout_redirect_uris: [new URL('/', redirectURI).href],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: algorithm,
      // A "web" client with http is refused, so a client on this machine is "native".
      application_type: 'native',
    },
  ],
  jwks: { keys: [key] },
  enabledJWA: { idTokenSigningAlgValues: [algorithm] },
  pkce: { methods: ['S256'], required: () => true },
  features: { devInteractions: { enabled: true }, revocation: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: id.charAt(0).toUpperCase() + id.slice(1),
      email: `${id}@example.com`,
      email_verified: true,
    }),
  }),
  conformIdTokenClaims: false,
  issueRefreshToken: () => true,
  cookies: { keys: ['only for tests'] },
});
provider.listen(Number(port), '127.0.0.1', () => console.log(`issuer: ${issuer}`));
process.on('SIGTERM', () => process.exit(0));
