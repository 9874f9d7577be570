import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { outputOf, startModule } from '../../store/child-process.ts';

/** Of nobody: made for this test, signed by itself. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8UqApdG8hLCENfes
VY2Cv4f0yIumt+bsm0Y++ubA11ihRANCAARr5wXN/ipm+gAnXHx8tAFbCfPUm2gz
o1+l7+KfKKaT6Qt5675r0kWlCdoFcO3Toa8qUpsZEXHAQiwbtnETrbmA
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUU55jgRfrdcaXbRsbQVXP5ThQFWswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNTE0MDgwMVoYDzIxMjYxMTAx
MTQwODAxWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARr5wXN/ipm+gAnXHx8tAFbCfPUm2gzo1+l7+KfKKaT6Qt5675r0kWl
CdoFcO3Toa8qUpsZEXHAQiwbtnETrbmAo2QwYjAdBgNVHQ4EFgQUKxuFCIPQ8Oui
5S7LLWRfqlXjuzAwHwYDVR0jBBgwFoAUKxuFCIPQ8Oui5S7LLWRfqlXjuzAwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IQCkJhrPbf2JRsu3QSfnseKeIY85865bNClnJPU6JBYadAIgPvjNBx4LvFW1d7eQ
RxB8tJiomCf4KB6IG+M8Ym8tNZQ=
-----END CERTIFICATE-----`;

const asks = {
  'a request': `
    const transport = createTransport({
      context, baseUrl, limits: [], attempts: 1, backoffMs: 1,
      authorize: async () => ({ authorization: 'Basic hush' }),
    });
    const asked = transport.send({ method: 'GET', path: '/things', signal }, z.unknown());`,
  'a web socket': `
    const headers = { authorization: 'Basic hush' };
    const asked = openChannel({ context, baseUrl, path: '/', headers, timeoutMs: 5000, signal });`,
};

test.each(Object.entries(asks))(
  'a certificate that nobody vouches for is refused to %s, whatever the environment says',
  async (_, ask) => {
    const module = (path: string) => JSON.stringify(resolve(path));
    const source = `
    const { createServer } = await import('node:https');
    const { createTransport } = await import(${module('connectors/http/transport.ts')});
    const { openChannel } = await import(${module('connectors/http/web-socket.ts')});
    const { createTestContext } = await import(${module('test/support/connector-context.ts')});
    const { z } = await import('zod');
    let count = 0;
    const options = ${JSON.stringify({ key, cert })};
    const server = createServer(options, (_, response) => { count += 1; response.end('[]'); });
    server.on('upgrade', (_, socket) => { count += 1; socket.destroy(); });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const context = createTestContext();
    const baseUrl = 'https://127.0.0.1:' + server.address().port;
    const signal = AbortSignal.timeout(10_000);
    ${ask}
    console.log(await asked.then(() => 'sent', (e) => e.kind), count);
    server.closeAllConnections();
    server.close();
  `;
    const child = startModule(source, 'export NODE_TLS_REJECT_UNAUTHORIZED=0');
    expect(await outputOf(child)).toBe('config 0');
  },
);
