import { once } from "node:events";
import { openConfidentialSpace } from "../platforms/confidentialSpace.ts";
import { openDstack } from "../platforms/dstack.ts";
import { openNitro } from "../platforms/nitro/platform.ts";
import { type Platform } from "../protocol/platform.ts";
import { type PlatformSettings } from "../protocol/platformSettings.ts";
import { openSimulator } from "../simulator/platform.ts";

/** Opens the platform that the signer was started for. @param folder of the sealed keys */
export async function openPlatform(settings: PlatformSettings, folder: string): Promise<Platform> {
  switch (settings.platform) {
    case "dstack":
      return openDstack(settings.socket);
    case "nitro":
      return openNitro(settings, folder);
    case "confidential-space":
      return openConfidentialSpace(settings, folder);
    case "simulator":
      return openSimulator(settings.folder, process.env, settings.keychain ? await secretFromSupervisor() : undefined);
  }
}

/** The first thing that the supervisor says, when it has the secret from a keychain. */
async function secretFromSupervisor(): Promise<string> {
  const [message] = (await once(process, "message")) as [{ secret?: unknown }];
  if (typeof message.secret !== "string" || !/^[0-9a-f]{64}$/.test(message.secret)) throw new TypeError("the supervisor gave no secret");
  return message.secret;
}
