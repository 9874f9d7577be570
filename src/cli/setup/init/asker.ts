/** Asks a person. Each call is one question; a cancelled one throws `config`. */
export interface Asker {
  /** Tells something that needs no answer. */
  say(text: string): void;
  text(question: TextQuestion): Promise<string>;
  /** What is typed is not shown. */
  secret(question: TextQuestion): Promise<string>;
  pick(question: PickQuestion): Promise<string>;
  pickMany(question: PickManyQuestion): Promise<readonly string[]>;
}

interface TextQuestion {
  message: string;
  /** May be edited, or kept with Enter. */
  initial?: string;
  /** An example, shown as long as nothing is typed. */
  placeholder?: string;
  /** What is wrong with it; null: nothing. */
  faultOf?(text: string): string | null;
}

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

interface PickQuestion {
  message: string;
  choices: readonly Choice[];
  initial?: string;
}

export interface PickManyQuestion {
  message: string;
  choices: readonly Choice[];
  initial: readonly string[];
  isRequired: boolean;
}
