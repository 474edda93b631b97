/** What an error of the deployment and of the local stack is made of. */
export type ToolErrorParameters = {
  /** Stable, for programs: SCREAMING_SNAKE_CASE. */
  code: string;
  /** Figures and names, one per line. */
  details?: readonly string[];
  /** Where the repository explains it, relative to its root. */
  docsPath?: string;
  cause?: unknown;
};

/** Base of every error that `deploy` and `bundler-local` throw on purpose: a message that a person can act on. */
export class ToolError extends Error {
  readonly code: string;
  readonly shortMessage: string;
  readonly details: readonly string[];
  readonly docsPath: string | undefined;

  constructor(shortMessage: string, { code, details = [], docsPath, cause }: ToolErrorParameters) {
    const lines = [shortMessage, ...details.map((detail) => `  ${detail}`)];
    if (docsPath) lines.push(`  see ${docsPath}`);
    super(lines.join("\n"), cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.shortMessage = shortMessage;
    this.details = details;
    this.docsPath = docsPath;
  }
}

const docsPath = "deploy/README.md";

/** The chain behind the RPC is not the one that was asked for. */
export class WrongChainError extends ToolError {
  readonly expected: number;
  readonly actual: number;

  constructor({ network, expected, actual }: { network: string; expected: number; actual: number }) {
    super(`${network} is chain ${expected}, but the RPC answers for chain ${actual}. Nothing was sent.`, {
      code: "WRONG_CHAIN",
      docsPath,
    });
    this.expected = expected;
    this.actual = actual;
  }
}

/** Nothing answers at the RPC's address, or not as a chain does. */
export class RpcError extends ToolError {
  constructor({ network, url, cause }: { network: string; url: string; cause: Error }) {
    super(`The RPC for ${network} at ${url} does not answer.`, { code: "RPC", details: [cause.message.split("\n")[0] ?? ""], docsPath, cause });
  }
}

/** Something else lives at an address that only this contract's creation code can produce. */
export class DifferentCodeError extends ToolError {
  readonly address: string;

  constructor({ name, address, expected, found }: { name: string; address: string; expected: string; found: string }) {
    super(`The code at ${address} is not that of ${name}.`, {
      code: "DIFFERENT_CODE",
      details: [`expected code hash ${expected}`, `found code hash    ${found}`],
      docsPath,
    });
    this.address = address;
  }
}

/** The chain lacks the CREATE2 proxy that all addresses hang on, and cannot be given it. */
export class ProxyError extends ToolError {
  constructor({ proxy, chainId, reason, cause }: { proxy: string; chainId: number; reason: string; cause?: unknown }) {
    super(`Chain ${chainId} has no deterministic deployment proxy at ${proxy}: ${reason}.`, { code: "PROXY", docsPath, cause });
  }
}

/** A constructor reverted, or the RPC cannot run it ahead of time. */
export class CreationFailedError extends ToolError {
  constructor({ name, reason, cause }: { name: string; reason: string; cause?: unknown }) {
    super(`${name} cannot be created: ${reason}`, { code: "CREATION_FAILED", docsPath, cause });
  }
}

/** A contract of the list is not among the compiled ones, or more than once. */
export class ArtifactError extends ToolError {
  constructor(message: string, details: readonly string[] = []) {
    super(message, { code: "ARTIFACT", details, docsPath });
  }
}

/** An option that is missing, or that makes no sense. */
export class OptionError extends ToolError {
  constructor(message: string, details: readonly string[] = []) {
    super(message, { code: "OPTION", details, docsPath });
  }
}
