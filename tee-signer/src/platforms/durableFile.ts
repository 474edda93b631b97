import { closeSync, constants, linkSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";

// Windows has no O_SYNC.
const { O_WRONLY, O_CREAT, O_TRUNC, O_SYNC = 0 } = constants;

function draftOf(path: string, text: string): string {
  const draft = `${path}.${process.pid}.new`;
  // Node's permission model takes fsync away; what is opened for synchronous writing is on the disk all the same.
  const file = openSync(draft, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600);
  writeSync(file, text);
  closeSync(file);
  return draft;
}

/** Writes a whole file or nothing, for its owner's eyes; on the disk when it returns. */
export function writeDurably(path: string, text: string): void {
  renameSync(draftOf(path, text), path);
}

/** The same, unless the file is there already: whoever comes first has written it. */
export function writeDurablyOnce(path: string, text: string): void {
  const draft = draftOf(path, text);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(draft);
  }
}
