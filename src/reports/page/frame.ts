import { existsSync, readFileSync } from 'node:fs';
import type { Sender } from '../../config/loaded.ts';
import type { Locale } from '../../domain/format.ts';
import { compileHtmlTemplate, cssString } from '../format/template.ts';
import { pageWordsIn } from '../text/page-words.ts';

/** The frame that all pages share: their head, and what they begin with. */
interface Page {
  locale: Locale;
  title: string;
  /** Whom it is for; absent: the MSP. */
  client?: string;
  subtitle?: string;
  /** Absent or null: no letterhead. */
  sender?: Sender | null;
  /** On a web server, beside the images that it shows. */
  isPublished?: boolean;
  /** At the foot of each sheet of paper; absent: the title. */
  foot?: string;
}

interface FrameValues {
  page: Page;
  sender: Sender | null;
  style: string;
  body: string;
}

const frame = new URL('templates/frame.eta', import.meta.url);
const style = new URL('templates/page.css', import.meta.url);
let renderFrame: ((values: FrameValues) => string) | undefined;

/**
 * One self-contained page, to read or print: `name` is its template beside the caller's file, and its
 * style where the common one is not enough.
 */
export function definePage<Values extends object>(
  caller: string,
  name: string,
): (values: Values, page: Page) => string {
  const template = new URL(`${name}.eta`, caller);
  const own = new URL(`${name}.css`, caller);
  let render: ((values: Values) => string) | undefined;
  return (values, page) => {
    renderFrame ??= compileHtmlTemplate(frame);
    render ??= compileHtmlTemplate(template);
    const styles = [style, own].filter((file) => existsSync(file));
    return renderFrame({
      page,
      sender: page.sender ?? null,
      style: styles.map((file) => readFileSync(file, 'utf8')).join('') + footStyle(page),
      body: render(values),
    });
  };
}

/** The foot of each page on paper. */
function footStyle({ locale, title, foot = title }: Page): string {
  const [before, between] = pageWordsIn(locale).pageNumber.map(cssString);
  return `@page {
  @bottom-left { content: ${cssString(foot)} }
  @bottom-right { content: ${before} counter(page) ${between} counter(pages) }
}`;
}
