/** A connector before its sandbox, for the tests of what only MeshCentral does. */
import { meshcentral } from '../../../connectors/meshcentral/index.ts';
import type {
  CheckResult,
  Connector,
  PullRequest,
  RejectedRow,
  SessionRow,
} from '../../../src/contract/connector.ts';
import {
  type MeshcentralSandbox,
  startMeshcentralSandbox,
} from '../../sandbox/meshcentral/index.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';

export interface Bench {
  sandbox: MeshcentralSandbox;
  context: TestContext;
  connector: Connector;
  /** The device groups Dupont and Martin, each with a device. */
  groups: { dupont: string; martin: string };
  devices: { dupont: string; martin: string };
}

export async function withMeshcentral(
  use: (bench: Bench) => Promise<void>,
  settings: Record<string, unknown> = {},
): Promise<void> {
  const sandbox = await startMeshcentralSandbox();
  try {
    const { state } = sandbox;
    const groups = { dupont: state.addMesh('Dupont'), martin: state.addMesh('Martin') };
    const devices = {
      dupont: state.addNode('PC-1', groups.dupont),
      martin: state.addNode('PC-2', groups.martin),
    };
    state.addUser('tess', { realname: 'Tess Tech', email: 'tess@msp.test' });
    const context = createTestContext();
    const config = { ...sandbox.settings, timeoutSeconds: 1, ...settings };
    const connector = meshcentral.create(meshcentral.config.parse(config), context);
    await use({ sandbox, context, connector, groups, devices });
  } finally {
    await sandbox.close();
  }
}

export interface ReadSessions {
  rows: SessionRow[];
  rejected: RejectedRow[];
  resumes: (string | null)[];
}

export const dayMs = 86_400_000;

export async function readSessions(
  { connector, groups }: Bench,
  change: Partial<PullRequest> = {},
): Promise<ReadSessions> {
  const read: ReadSessions = { rows: [], rejected: [], resumes: [] };
  const request = {
    since: new Date(Date.now() - 3_600_000).toISOString(),
    until: new Date(Date.now() + 1_000).toISOString(),
    resume: null,
    isStored: true,
    whenStored: async () => {},
    clientIds: Object.values(groups),
    signal: AbortSignal.timeout(20_000),
    ...change,
  };
  for await (const page of connector.pull.sessions?.(request) ?? []) {
    read.rows.push(...page.rows);
    read.rejected.push(...page.rejected);
    read.resumes.push(page.resume);
  }
  return read;
}

export async function check({ connector, groups }: Bench): Promise<Map<string, CheckResult>> {
  const results = await connector.check(Object.values(groups), AbortSignal.timeout(20_000));
  return new Map(results.map((result) => [result.id, result]));
}

/** The messages that were sent, without the openings. */
export function actionsOf({ sandbox }: Bench): string[] {
  return sandbox.exchanges.flatMap(({ request: { path } }) => path.split('/')[2] ?? []);
}
