import { getBuiltinModule } from 'node:process';

export type Agents = ReturnType<typeof createAgents>;

/**
 * Reads share connections. A write opens its own: if the server closed a shared one at the same time,
 * we could not tell whether the write arrived. Certificates are always verified: set here, no environment
 * variable can switch it off.
 */
export function createAgents() {
  // An import of `node:http` makes Node load its web sockets too, for every command.
  const [http, https] = [getBuiltinModule('node:http'), getBuiltinModule('node:https')];
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
