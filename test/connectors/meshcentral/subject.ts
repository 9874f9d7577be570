import { createHash } from 'node:crypto';
import { meshcentral } from '../../../connectors/meshcentral/index.ts';
import { startMeshcentralSandbox } from '../../sandbox/meshcentral/index.ts';
import type { MeshEvent } from '../../sandbox/meshcentral/state.ts';
import { type ContractSubject, withoutTickets } from '../contract-bench.ts';

const path = /^\/control\.ashx/;

export const meshcentralSubject: ContractSubject = {
  vendor: meshcentral,
  requests: { pageSize: 1000, setup: 0 },
  // A session has no id: what it says of itself is what it is known by.
  essential: ['_id', 'meshes name', 'time', 'userid', 'nodeid', 'length', 'protocol'],
  async start() {
    const sandbox = await startMeshcentralSandbox();
    const { state, settings } = sandbox;
    const clientIds = ['Dupont', 'Martin'].map((name) => state.addMesh(name));
    const nodes = clientIds.map((meshId, index) => state.addNode(`PC-${index}`, meshId));
    state.addUser('tess', { email: 'tess@msp.test' });
    for (const node of nodes) state.addSession({ node });
    return {
      ...withoutTickets,
      sandbox,
      settings: { ...settings, timeoutSeconds: 1 },
      wrongSecretSettings: { ...settings, password: 'wrongTokenPass99' },
      clientIds,
      addSessions: async (count) =>
        Array.from({ length: count }, (_, index) => {
          const endedMs = Date.now() - index;
          return idOf(state.addSession({ node: nodes[0] ?? '', endedMs, seconds: 60 + index }));
        }),
      countPushed: () => 0,
      pageSize: 4,
      pageStreams: [{ stream: 'sessions', path, isWhole: true }],
    };
  },
};

/** Written down here again, since the store knows sessions by it. */
export function idOf({ timeMs, userid, nodeid, protocol, length }: MeshEvent): string {
  const said = [new Date(timeMs).toISOString(), userid, nodeid, protocol, length];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32);
}
