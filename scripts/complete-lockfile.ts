/**
 * Native packages come one per platform, and all of them belong in package-lock.json: `npm ci` refuses a lockfile that
 * misses one. npm leaves out those that it cannot reach while it writes the lockfile, so this puts back what is missing,
 * with the platform that the package's name tells. No download happens for a platform that is not the machine's.
 *
 *     node scripts/complete-lockfile.ts [--check]
 */
import { readFileSync, writeFileSync } from "node:fs";

type Entry = {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  engines?: Record<string, string>;
};
type Lockfile = { packages: Record<string, Entry> };

const PATH = "package-lock.json";
const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];
const ALIASES: Record<string, string> = { amd64: "x64", ppc64le: "ppc64" };
const C_LIBRARIES: Record<string, string> = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

/** What `name` ends with, as npm writes it: `x-linux-arm64-musl` is for Linux on arm64 with musl. */
export function platformOf(name: string): Pick<Entry, "os" | "cpu" | "libc"> {
  const words = name.split(/[-/]/).map((word) => ALIASES[word] ?? word);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const libc = words.flatMap((word) => C_LIBRARIES[word] ?? []);
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }), ...(libc.length > 0 && { libc }) };
}

/** Optional packages that some package of the lockfile asks for and that the lockfile does not have. */
export function missingEntries(lockfile: Lockfile): Record<string, Entry> {
  const missing: Record<string, Entry> = {};
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${path}/node_modules/${name}`;
      const hoisted = `node_modules/${name}`;
      if (lockfile.packages[nested] || lockfile.packages[hoisted]) continue;
      const version = range.replace(/^[\^~=]/, "");
      missing[hoisted] = { version, ...platformOf(name), ...(entry.dev === true && { dev: true }), optional: true };
    }
  }
  return missing;
}

function main(): void {
  const lockfile = JSON.parse(readFileSync(PATH, "utf8")) as Lockfile;
  const missing = missingEntries(lockfile);
  const names = Object.keys(missing);
  if (process.argv.includes("--check")) {
    if (names.length === 0) return;
    console.error(`${PATH} misses ${names.join(", ")}: run node scripts/complete-lockfile.ts`);
    process.exitCode = 1;
    return;
  }
  const packages = Object.entries({ ...lockfile.packages, ...missing });
  packages.sort(([left], [right]) => left.localeCompare(right, "en"));
  writeFileSync(PATH, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  console.log(`${names.length} entries added to ${PATH}`);
}

if (import.meta.main) main();
