import type { Command, CommandOptions } from 'commander';
import { type Format, formatIn } from '../domain/format.ts';
import { plainJson } from '../reports/format/plain-text.ts';
import type { Access, App } from '../service/app/app.ts';
import type { StoreHolder } from '../service/app/rehearsal.ts';
import type { CliDeps } from './deps.ts';
import { type Paint, painter } from './output/style.ts';
import {
  formatTable,
  type ShownColumn,
  type TableCell,
  type TableColumn,
  toCells,
} from './output/table.ts';
import { hangText } from './output/wrap.ts';

/** What a command works with once the config is loaded and the store is open. */
export interface Scope {
  app: App;
  deps: CliDeps;
  isJson: boolean;
  paint: Paint;
  /** Prints the command's result: one JSON document, or text. */
  answer(json: unknown, text: () => string): void;
  /** Dates, numbers and money as the MSP reads them. */
  format: Format;
  table(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[]): string;
  /** The same, of columns that know their cell of a row. */
  list<Row>(rows: readonly Row[], columns: readonly ShownColumn<Row>[]): string;
  /** A paragraph that a terminal gets broken at words, below the end of its head. */
  hang(head: string, text: string): string;
  /** Reads the config again, with the same database; the caller closes it. */
  reopen(holder: StoreHolder): Promise<App>;
}

/** The default of `--config`. */
export const usualConfig = 'config/connector.yaml';

/** Gives commands their scope and takes their exit code. */
export class Cli {
  readonly deps: CliDeps;
  exitCode = 0;

  constructor(deps: CliDeps) {
    this.deps = deps;
  }

  /** A command with the options that every command takes, and an example at the end of its help. */
  add(
    parent: Command,
    usage: string,
    description: string,
    example: string,
    options: CommandOptions = {},
  ): Command {
    return parent
      .command(usage, options)
      .description(description)
      .option('--config <file>', 'the config file (default: config/connector.yaml)')
      .option('--json', 'one JSON document on standard output')
      .addHelpText('after', `\nExample:\n  prepaid-hours ${example}`);
  }

  /**
   * Opens what the command needs and always closes it; the work returns its exit code. The config
   * is the command's `--config` unless another file is passed.
   */
  async withApp(
    command: Command,
    access: Access,
    work: (scope: Scope) => Promise<number>,
    configFile?: string,
  ): Promise<void> {
    const { config, json, first } = command.optsWithGlobals<{
      config?: string;
      json?: boolean;
      first?: boolean;
    }>();
    const { deps } = this;
    const isJson = json === true;
    const open = (holder?: StoreHolder) =>
      deps.service.openApp({
        ...(holder === undefined ? {} : { holder }),
        vendors: deps.vendors,
        configFile: configFile ?? config ?? usualConfig,
        access,
        isFirst: first === true,
        isJson,
        env: deps.env,
      });
    const app = await open();
    const paint = painter(deps, 'out');
    const columns = deps.isOutTerminal ? deps.columns : null;
    try {
      this.exitCode = await work({
        app,
        deps,
        isJson,
        paint,
        format: formatIn(app.config),
        answer: (value, text) => deps.out(isJson ? `${plainJson(value)}\n` : text()),
        reopen: open,
        table: (titles, rows) => formatTable(titles, rows, { paint, columns }),
        list: (rows, shown) => formatTable(...toCells(rows, shown), { paint, columns }),
        hang: (head, text) => hangText(head, text, columns),
      });
    } finally {
      await app.close();
    }
  }
}
