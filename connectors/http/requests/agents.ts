import http from 'node:http';
import https from 'node:https';

export interface Agents {
  keepAlive: { httpAgent: http.Agent; httpsAgent: https.Agent };
  fresh: { httpAgent: http.Agent; httpsAgent: https.Agent };
}

/**
 * Reads share connections. A write opens its own: if the server closed a shared one at the same time,
 * we could not tell whether the write arrived. Certificates are always verified: set here, no environment
 * variable can switch it off.
 */
export function createAgents(): Agents {
  const shared = { keepAlive: true, maxSockets: 8, maxFreeSockets: 4 };
  const own = { keepAlive: false, maxSockets: 8 };
  const verified = { rejectUnauthorized: true };
  return {
    keepAlive: {
      httpAgent: new http.Agent(shared),
      httpsAgent: new https.Agent({ ...shared, ...verified }),
    },
    fresh: { httpAgent: new http.Agent(own), httpsAgent: new https.Agent({ ...own, ...verified }) },
  };
}
