import { z } from "zod/v4";

const path = z.string().min(1).max(1024).regex(/^[^\0]+$/);
const url = z.url({ protocol: /^https?$/ }).refine((it) => isSafe(it), "https, or a server on this machine");

/** Where keys are sealed, and by what code vouches for itself. The wallet process gets this at its start. */
export const platformSettings = z.discriminatedUnion("platform", [
  z.strictObject({
    platform: z.literal("simulator"),
    folder: path,
    /** The seal secret comes from the desktop's keychain, by way of the supervisor, and not from a file. */
    keychain: z.boolean().default(false),
  }),
  z.strictObject({ platform: z.literal("dstack"), socket: path }),
  z.strictObject({
    platform: z.literal("nitro"),
    /** Unix sockets: of the helper in front of /dev/nsm; of the vsock proxy to KMS; of what hands out the parent's AWS credentials. */
    nsm_socket: path,
    kms_socket: path,
    credentials_socket: path,
    region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/),
    /** ARN or id of a symmetric KMS key whose policy asks for the enclave's measurements. */
    kms_key: z.string().min(1).max(2048),
    /** Default: KMS of the region. TLS ends here, not at the proxy. */
    kms_url: url.optional(),
  }),
  z.strictObject({
    platform: z.literal("confidential-space"),
    /** The launcher's socket. */
    launcher_socket: path.default("/run/container_launcher/teeserver.sock"),
    /** `projects/…/locations/…/keyRings/…/cryptoKeys/…`. */
    kms_key: z.string().regex(/^projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+$/),
    /** `//iam.googleapis.com/projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`. */
    provider: z.string().startsWith("//iam.googleapis.com/").max(512),
    /** Whom attestation tokens are made for; verifiers expect it. */
    audience: z.string().min(1).max(512),
    sts_url: url.default("https://sts.googleapis.com"),
    kms_url: url.default("https://cloudkms.googleapis.com"),
  }),
]);
export type PlatformSettings = z.output<typeof platformSettings>;
export type PlatformName = PlatformSettings["platform"];

/** What the wallet process may connect to on this platform, as `unix:<path>` or `tcp:<host>:<port>`. */
export function endpointsOf(settings: PlatformSettings): readonly string[] {
  switch (settings.platform) {
    case "simulator":
      return [];
    case "dstack":
      return [`unix:${settings.socket}`];
    case "nitro":
      return [settings.nsm_socket, settings.kms_socket, settings.credentials_socket].map((it) => `unix:${it}`);
    case "confidential-space":
      return [`unix:${settings.launcher_socket}`, ...[settings.sts_url, settings.kms_url].map(hostAndPort)];
  }
}

function hostAndPort(text: string): string {
  const { hostname, port, protocol } = new URL(text);
  return `tcp:${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

/** Without TLS only to this machine. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || hostname === "127.0.0.1" || hostname === "localhost";
}
