import { ToolError } from "./errors.ts";

/** Runs a command to its exit code: an error that a person can act on is told without a stack. */
export async function runCommand(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    console.error(`\n${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}
