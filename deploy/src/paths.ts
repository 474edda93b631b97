import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, whatever the working directory is. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where `deployments/<chainId>.json` is written. */
export const DEPLOYMENTS_FOLDER = join(ROOT, "deployments");
