import { ENTRY_POINTS as CANONICAL } from "../../deploy/contracts.ts";

/** The EntryPoints that every check runs against, by the names that their tests print. */
export const ENTRY_POINTS = { "v0.7": CANONICAL.v07, "v0.8": CANONICAL.v08, "v0.9": CANONICAL.v09 } as const;

export type EntryPointVersion = keyof typeof ENTRY_POINTS;
export const ENTRY_POINT_VERSIONS = Object.keys(ENTRY_POINTS) as EntryPointVersion[];
