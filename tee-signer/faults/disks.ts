import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgresServer } from "../test/postgresServer.ts";

/** What a power cut would have left of a database. */
export type Remains = {
  /** Its URL, after whatever recovery it needs. */
  open(): Promise<string>;
  remove(): Promise<void>;
};

/** Where the database of a signer is. */
export type Disk = {
  readonly url: string;
  /** @param writer process that has the database's files open, if the database has no server of its own */
  cutPower(writer: number): Promise<Remains>;
  /** Where there is one: ends it with SIGKILL, and starts it again. */
  readonly killServer?: () => Promise<void>;
  /** Deletes it. */
  remove(): Promise<void>;
};

export const DISKS = { sqlite: sqliteDisk, postgres: postgresDisk } as const;
export type DiskKind = keyof typeof DISKS;

/** @param folder of the signer, who deletes it */
async function sqliteDisk(folder: string): Promise<Disk> {
  const path = join(folder, "data", "signer.db");
  return {
    url: `sqlite:${path}`,
    async cutPower(writer) {
      const copy = mkdtempSync(join(tmpdir(), "signer-power-"));
      // A power cut leaves no time between two files.
      process.kill(writer, "SIGSTOP");
      try {
        for (const suffix of ["", "-wal"]) cpSync(`${path}${suffix}`, join(copy, `signer.db${suffix}`));
      } finally {
        process.kill(writer, "SIGCONT");
      }
      return { open: async () => `sqlite:${join(copy, "signer.db")}`, remove: async () => rmSync(copy, { recursive: true }) };
    },
    remove: async () => undefined,
  };
}

/** A server that left to itself would confirm what is not on its disk for ten seconds: what the signer itself demands is what counts. */
const LAZY = { synchronous_commit: "off", wal_writer_delay: "10s" };
const NAME = "signer";

async function postgresDisk(): Promise<Disk> {
  const server = await startPostgresServer({ settings: LAZY });
  return {
    url: await server.create(NAME),
    async cutPower() {
      const folder = await server.copy();
      let remove = async (): Promise<void> => rmSync(folder, { recursive: true });
      return {
        async open() {
          const found = await startPostgresServer({ folder });
          remove = found.stop;
          return found.url(NAME);
        },
        remove: () => remove(),
      };
    },
    async killServer() {
      await server.kill();
      await server.restart();
    },
    remove: server.stop,
  };
}
