/** Tables as data, for the page and for the text form. */

export interface Column {
  title: string;
  /** Figures are right-aligned, in tabular digits, and never wrapped. */
  isFigure?: boolean;
  /** Names that must not wrap. */
  isUnbroken?: boolean;
  /** Descriptions, which a narrow terminal may shorten. */
  isProse?: boolean;
}

/** A cell's lines; all but the first are small. */
export type Cell = readonly string[];
