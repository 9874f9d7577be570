import { describeVendor } from '../kit/connector.ts';
import { createCall } from './call.ts';
import { checkConnection } from './check.ts';
import { MeshcentralConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients, pullClients, pullSessions } from './pull.ts';

/** MeshCentral, remote control beside a PSA: it knows who was on which device, and for how long. */
export const meshcentral = describeVendor({
  id: 'meshcentral',
  title: 'MeshCentral',
  config: MeshcentralConfig,
  table: { approval: false, deletions: null, sale: null, ownBlocks: null },
  facts,
  evidence: ['real server'],
  open: createCall,
  parts: {
    check: checkConnection,
    listClients,
    pull: { clients: pullClients, sessions: pullSessions },
    push: {},
  },
});
