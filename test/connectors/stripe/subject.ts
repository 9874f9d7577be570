import { stripe } from '../../../connectors/stripe/index.ts';
import { startStripeSandbox } from '../../sandbox/stripe/index.ts';
import { type ContractBench, type ContractSubject, withoutTickets } from '../contract-bench.ts';

const pageSize = 4;

export const stripeSubject: ContractSubject = {
  vendor: stripe,
  requests: { pageSize: 100, setup: 0 },
  essential: ['id', 'data', 'object', 'type'],
  start: startBench,
};

const failures = { funds: 'insufficient_funds', account: 'account_closed' };

/** Two customers, each with a SEPA mandate as the default. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startStripeSandbox();
  const { state, account, keys, settings } = sandbox;
  account.rowsMax = pageSize;
  const clients = ['Dupont', 'Martin'].map((name) => {
    const customer = state.addCustomer(name);
    const method = state.addMethod(customer, 'sepa_debit');
    state.setDefault(customer, method);
    return { customer, method };
  });
  const clientAt = (index: number) => clients[index] ?? { customer: '', method: '' };
  const submit = (customer: string, method: string, amount: number): string => {
    return state.addIntent({ customer, method: state.method(method), amount, currency: 'eur' }).id;
  };
  return {
    ...withoutTickets,
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, secretKey: 'sk_test_wrongwrongwrong' },
    clientIds: clients.map(({ customer }) => customer),
    countPushed: (_, key) => {
      const bears = [...state.intents.values()].filter(
        ({ metadata }) => metadata.prepaid_hours_key === key,
      );
      return bears.length;
    },
    pageSize,
    pageStreams: [
      { stream: 'payments', path: /^\/v1\/events$/ },
      { stream: 'mandates', path: /^\/v1\/customers\/[^/]+\/payment_methods$/ },
    ],
    recharge: { currency: 'EUR' },
    payments: {
      add: async (count) =>
        Array.from({ length: count }, () => {
          const { customer } = clientAt(0);
          const mandateId = state.addMethod(customer, 'sepa_debit');
          const paymentId = submit(customer, mandateId, 50_000);
          state.succeed(paymentId);
          return { paymentId, mandateId };
        }),
      submit: async ({ client, amountMinor }) => {
        const { customer, method } = clientAt(client);
        return submit(customer, method, amountMinor);
      },
      succeed: async (id) => state.succeed(id),
      fail: async (id, why) => state.fail(id, failures[why]),
      reverse: async (id, amountMinor) => state.refund(id, amountMinor),
      endMandate: async (id) => state.cancelMandate(id),
      forgetKeys: () => keys.stored.clear(),
      declineNext: () => {
        state.method(clientAt(0).method).behaviour = { declines: 'insufficient_funds' };
      },
    },
  };
}
