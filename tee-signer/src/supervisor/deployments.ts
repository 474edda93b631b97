import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod/v4";
import { type Deployment } from "../protocol/accounts.ts";
import { address } from "../protocol/primitives.ts";

/** Contracts by `<chain id>/<EntryPoint version>`. */
export type Deployments = Readonly<Record<string, Deployment>>;

const record = z.object({ chainId: z.number(), contracts: z.record(z.string(), z.object({ address })) });
const VERSIONS = { "0.7": "V07", "0.8": "V08", "0.9": "V09" } as const;

/** What `npm run deploy` and `npm run stack` have written down of the project's contracts. */
export function readDeployments(folder: string): Deployments {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(
    files.flatMap((name) => {
      const { chainId, contracts } = record.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
      return Object.entries(VERSIONS).flatMap(([version, suffix]) => {
        const [module, factory, implementation] = ["SessionKeyModule", `OwnedAccountFactory${suffix}`, `OwnedAccount${suffix}`].map((it) => contracts[it]?.address);
        return module && factory && implementation ? [[`${chainId}/${version}`, { module, factory, implementation }]] : [];
      });
    }),
  );
}
