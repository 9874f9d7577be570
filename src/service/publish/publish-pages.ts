import { join, resolve } from 'node:path';
import type { Sender } from '../../config/loaded.ts';
import { pageAddress } from '../../domain/page-link.ts';
import { instantFromMs } from '../../domain/time.ts';
import { buildBalances, type ClientBalance } from '../../reports/balances/balances.ts';
import { clientIndexToHtml, noPageToHtml } from '../../reports/published/client-index.ts';
import { currentPageToHtml } from '../../reports/published/current-page.ts';
import {
  buildClientStatement,
  buildStatementOutlook,
} from '../../reports/statement/client-statement.ts';
import type { App } from '../app/app.ts';
import {
  preparePagesFolder,
  privateMode,
  publicMode,
  removeUnused,
  replaceFile,
  toLogoFile,
} from './page-files.ts';
import { ensurePageName } from './page-names.ts';

export interface Published {
  /** Absolute. */
  folder: string;
  /** The list of all pages, for the MSP. */
  index: string;
  pages: PublishedPage[];
  /** Names of files that were deleted: revoked, or of clients that are no longer configured. */
  removed: string[];
}

interface PublishedPage {
  client: string;
  /** As it is given to the client; null: `publish.url` is not set. */
  address: string | null;
  file: string;
  bytes: number;
}

type Publishing = Pick<App, 'config' | 'store' | 'clients' | 'now'>;

/**
 * Writes the current page of every client into `pages`, which any web server can show, and beside that
 * folder the list of all of them. The files of one publishing replace those of the last one by one.
 */
export async function publishPages(app: Publishing, folder: string): Promise<Published> {
  const { config, store, clients } = app;
  const at = instantFromMs(app.now());
  const pagesFolder = preparePagesFolder(resolve(folder));
  const { sender, logo } = splitLogo(config.sender);
  if (logo !== null) replaceFile(join(pagesFolder, logo.name), logo.content, publicMode);
  const report = await buildBalances(store, { shown: clients, all: clients, asOf: at });
  const pages: PublishedPage[] = [];
  const url = config.publish?.url ?? null;
  const addresses = new Map<string, string>();
  const used = new Set(logo === null ? [] : [logo.name]);
  for (const balance of report.clients) {
    const { client } = balance;
    const name = await ensurePageName(app, client.id);
    const html = await writePage(app, balance, sender);
    const file = join(pagesFolder, `${name}.html`);
    replaceFile(file, html, publicMode);
    used.add(`${name}.html`);
    // Without an address of their own, the pages are opened from the list beside their folder.
    addresses.set(client.id, pageAddress(url ?? 'pages', name));
    const address = url === null ? null : pageAddress(url, name);
    pages.push({ client: client.name, address, file, bytes: Buffer.byteLength(html) });
  }
  const index = join(resolve(folder), 'index.html');
  replaceFile(index, clientIndexToHtml(report.clients, addresses, config, at), privateMode);
  // In place of a list of the folder's files, and as many servers show for an address without a file.
  for (const name of ['index.html', '404.html']) {
    replaceFile(join(pagesFolder, name), noPageToHtml(config), publicMode);
  }
  return { folder: resolve(folder), index, pages, removed: removeUnused(pagesFolder, used) };
}

async function writePage(
  { config, store, clients, now }: Publishing,
  balance: ClientBalance,
  sender: Sender | null,
): Promise<string> {
  const at = instantFromMs(now());
  const source = { config, store, clients, now: at };
  const statement = await buildClientStatement(source, balance.client, null);
  const outlook = await buildStatementOutlook(source, balance.client, statement, balance);
  return currentPageToHtml(statement, { sender, outlook, at });
}

function splitLogo(sender: Sender | null): {
  sender: Sender | null;
  logo: ReturnType<typeof toLogoFile> | null;
} {
  if (sender === null || sender.logo === null) return { sender, logo: null };
  const logo = toLogoFile(sender.logo);
  return { sender: { ...sender, logo: logo.name }, logo };
}
