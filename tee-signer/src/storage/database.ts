/** What a column holds. Amounts are decimal text: no database here counts to 2^256. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** Statements inside one transaction. Parameters are `?`, in order. */
export type Transaction = {
  all(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;
  run(sql: string, ...values: readonly Value[]): Promise<void>;
};

/** A database that keeps what it has confirmed, whatever happens to the process or the machine. */
export type Database = {
  readonly kind: "sqlite" | "postgres";
  /** Everything or nothing; durable when the promise resolves. No two run at a time, on any replica. */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Sees whole transactions only. */
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** A text column that must be there. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`column ${column} holds no text`);
  return value;
}

/** A whole number column that must be there. */
export function number(row: Row, column: string): number {
  const value = Number(row[column]);
  if (!Number.isSafeInteger(value)) throw new TypeError(`column ${column} holds no whole number`);
  return value;
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}
