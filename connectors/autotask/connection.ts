/** The way to the tenant's database: its zone, three headers, and the hourly budget before each request. */
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { createTransport } from '../http/transport.ts';
import type { Transport } from '../http/types.ts';
import { createBudget, Threshold } from './budget.ts';
import type { AutotaskConfig } from './config.ts';
import { classifyAutotask } from './errors.ts';
import { limits } from './limits.ts';
import { createZone } from './zone.ts';

export function createConnection(config: AutotaskConfig, context: ConnectorContext): Transport {
  const zone = createZone(config, context);
  const credentials = {
    ApiIntegrationCode: config.integrationCode,
    UserName: config.username,
    Secret: config.secret,
  };
  const common = { context, limits, baseUrl: zone.baseUrl };
  const counter = createTransport({
    ...common,
    attempts: 1,
    authorize: async () => credentials,
    classify: (answer) => classifyAutotask(answer, context.now()),
  });
  const budget = createBudget(context, config.requestShare, async (signal) => {
    const request = { method: 'GET', path: '/V1.0/ThresholdInformation', signal } as const;
    return (await counter.send(request, Threshold)).data;
  });
  return createTransport({
    ...common,
    authorize: async (signal) => {
      await budget.spend(signal);
      return credentials;
    },
    classify: async (answer) => {
      if (answer.status === 401 && (await zone.hasMoved(answer.request.signal))) return 'again';
      return classifyAutotask(answer, context.now());
    },
  });
}
