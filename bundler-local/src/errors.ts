import { ToolError } from "../../deploy/src/errors.ts";

const docsPath = "bundler-local/README.md";

/** What runs as a process of its own. */
export type Service = "anvil" | "bundler";

/** Another program listens on a port that a service was to have. */
export class PortInUseError extends ToolError {
  readonly port: number;

  constructor({ service, port }: { service: Service; port: number }) {
    super(`Port ${port}, which the ${service} was to listen on, is in use.`, {
      code: "PORT_IN_USE",
      details: ["stop the program that has it, choose another port, or give 0 for any free one"],
      docsPath,
    });
    this.port = port;
  }
}

/** A port that is no port. */
export class PortRangeError extends ToolError {
  constructor({ service, port }: { service: Service; port: number }) {
    super(`The ${service} cannot listen on port ${port}: a port is a whole number from 0 (any free one) to 65535.`, {
      code: "PORT_RANGE",
      docsPath,
    });
  }
}

/** A service's program is not there, ended before it was ready, or took too long. */
export class ServiceStartError extends ToolError {
  constructor({ service, reason, output }: { service: Service; reason: string; output: string }) {
    super(`The ${service} did not start: ${reason}`, { code: "SERVICE_START", details: lastLines(output), docsPath });
  }
}

/** A service ended although nobody had asked it to. */
export class ServiceEndedError extends ToolError {
  constructor({ service, exitCode, output }: { service: Service; exitCode: number | null; output: string }) {
    super(`The ${service} ended by itself with exit code ${exitCode}.`, { code: "SERVICE_ENDED", details: lastLines(output), docsPath });
  }
}

/** A transaction that sets the chain up did not go through. */
export class SetupError extends ToolError {
  constructor({ what, reason }: { what: string; reason: string }) {
    super(`The local chain could not be set up: ${what}: ${reason}`, { code: "SETUP", docsPath });
  }
}

function lastLines(output: string): string[] {
  return output.trim().split("\n").slice(-12);
}
