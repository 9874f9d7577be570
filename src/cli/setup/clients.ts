import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { foldName } from '../../domain/records/names.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import type { TableColumn } from '../output/table.ts';
import type { Cli } from '../scope.ts';

interface ListedClient {
  connection: string;
  id: string;
  name: string;
  /** Our name for it; null: not in the config. */
  configuredAs: string | null;
}

export function defineClients(clients: Command, cli: Cli): void {
  clients
    .option('--connection <name>', 'only of this connection')
    .action((search: string | undefined, options: { connection?: string }, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer, table }) => {
        const { connection: wanted } = options;
        const connectors = [...app.connectors].filter(
          ([connection]) => wanted === undefined || connection === wanted,
        );
        if (connectors.length === 0) {
          throw new KindError('config', `There is no connection "${wanted}".`, {
            fix: `Connections: ${[...app.connectors.keys()].join(', ')}.`,
          });
        }
        const query = foldName(search ?? '');
        const clients: ListedClient[] = [];
        for (const [connection, connector] of connectors) {
          for (const { sourceId: id, name } of (await connector.listClients?.(deps.signal)) ?? []) {
            if (!foldName(name).includes(query) && id !== search) continue;
            const ours = app.clients.find(({ sourceIds }) => sourceIds.get(connection) === id);
            clients.push({ connection, id, name, configuredAs: ours?.name ?? null });
          }
        }
        clients.sort((a, b) => a.name.localeCompare(b.name));
        const rows = clients.map((client) => [
          ...[client.name, client.id, client.connection].map(plainText),
          plainText(client.configuredAs ?? ''),
        ]);
        const titles: TableColumn[] = [
          { title: 'Client', cut: 'name' },
          { title: 'ID' },
          { title: 'Connection' },
          { title: 'Configured as', cut: 'name' },
        ];
        answer({ clients }, () =>
          rows.length === 0 ? 'No matching clients.\n' : table(titles, rows),
        );
        return 0;
      }),
    );
}
