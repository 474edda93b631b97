import { type Problem, type SourceFile } from "./files.ts";

type Manifest = Readonly<Record<string, unknown>>;

const RANGES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const EXACT = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

/** A version in a package.json that is not one version. Our own packages among each other say `*` or `workspace`. */
export function looseVersions(files: readonly SourceFile[]): Problem[] {
  const manifests = files.filter(({ path }) => path === "package.json" || path.endsWith("/package.json"));
  return manifests.flatMap(({ path, text }) => {
    const manifest = JSON.parse(text) as Manifest;
    return RANGES.flatMap((field) => Object.entries((manifest[field] ?? {}) as Record<string, string>))
      .filter(([name, version]) => !EXACT.test(version) && !name.startsWith("@valet-keys/"))
      .map(([name, version]) => `${path}: ${name} is "${version}"; pin one version exactly`);
  });
}

/** A lockfile says what is installed, never from where: the machine's own registry decides that. */
export function lockfileAddresses(files: readonly SourceFile[]): Problem[] {
  const lockfile = files.find(({ path }) => path === "package-lock.json");
  if (!lockfile) return ["package-lock.json is missing"];
  const { packages } = JSON.parse(lockfile.text) as { packages: Record<string, { resolved?: string; link?: boolean }> };
  return Object.entries(packages)
    .filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
    .map(([path]) => `package-lock.json: ${path} has a download address; npm install with this repository's .npmrc leaves it out`);
}
