import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type z } from "zod/v4";
import { type PlatformName, type platformSettings } from "../protocol/platformSettings.ts";

export const PLATFORMS = ["simulator", "dstack", "nitro", "confidential-space"] as const satisfies readonly PlatformName[];

export type PlatformOptions = { folder: string; platform: PlatformName; keychain: boolean; dstackSocket: string; platformFile?: string };

/** The platform that the command line names. What has more than one setting has them in a file. */
export function platformOf({ folder, platform, keychain, dstackSocket, platformFile }: PlatformOptions): z.input<typeof platformSettings> {
  if (platform === "simulator") return { platform, folder: join(resolve(folder), "simulator"), keychain };
  if (platform === "dstack") return { platform, socket: dstackSocket };
  if (platformFile === undefined) throw new Error(`--platform ${platform} takes its settings from --platform-file <file>.`);
  return { ...(JSON.parse(readFileSync(platformFile, "utf8")) as object), platform } as z.input<typeof platformSettings>;
}
