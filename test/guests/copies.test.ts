import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { odooInput, shopInput } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";
import { Sandbox, sha256, Web } from "./sandbox.ts";

beforeAll(ensureGuestTools);

/** Enough of S3 for rclone: objects by path, listings, in memory. Says no more than that they were stored. */
class Bucket {
  readonly objects = new Map<string, Buffer>();
  readonly stored: string[] = [];
  refuse: RegExp | undefined;

  handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://s3");
    const path = decodeURIComponent(url.pathname).slice(1);
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (this.refuse?.test(path) === true) return void response.writeHead(403).end();
      const source = request.headers["x-amz-copy-source"];
      if (typeof source === "string") {
        // How rclone gives an object whose content is the same already another time of change.
        const copied = this.objects.get(decodeURIComponent(source));
        if (copied === undefined) return void response.writeHead(404).end();
        this.objects.set(path, copied);
        return void response.end(
          `<?xml version="1.0"?><CopyObjectResult><LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>${etag(copied)}</ETag></CopyObjectResult>`,
        );
      }
      if (request.method === "PUT") {
        this.objects.set(path, Buffer.concat(parts));
        this.stored.push(path);
        return void response.writeHead(200, { ETag: etag(Buffer.concat(parts)) }).end();
      }
      if (request.method === "DELETE") {
        this.objects.delete(path);
        return void response.writeHead(204).end();
      }
      if (!path.includes("/"))
        return void response.writeHead(200, { "Content-Type": "application/xml" }).end(this.#list(path, url));
      const object = this.objects.get(path);
      if (object === undefined) return void response.writeHead(404).end();
      response.writeHead(200, {
        "Content-Length": object.length,
        "Last-Modified": new Date(0).toUTCString(),
        ETag: etag(object),
      });
      response.end(request.method === "HEAD" ? undefined : object);
    });
  }

  #list(bucket: string, url: URL): string {
    const prefix = url.searchParams.get("prefix") ?? "";
    const delimiter = url.searchParams.get("delimiter") ?? "";
    const folders = new Set<string>();
    const files: string[] = [];
    for (const [path, body] of this.objects) {
      const key = path.slice(bucket.length + 1);
      if (!path.startsWith(`${bucket}/`) || !key.startsWith(prefix)) continue;
      const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      if (cut >= 0) folders.add(key.slice(0, cut + 1));
      else
        files.push(
          `<Contents><Key>${key}</Key><Size>${body.length}</Size><LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>${etag(body)}</ETag></Contents>`,
        );
    }
    const common = [...folders].map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
    return `<?xml version="1.0"?><ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${files.join("")}${common.join("")}</ListBucketResult>`;
  }
}

/** As S3 makes it of an object that was sent in one piece. */
function etag(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

let machine: Sandbox;
let bucket: Bucket;
let web: Web;

beforeEach(async () => {
  machine = new Sandbox();
  // The real rclone, against the bucket of this test.
  await machine.run("rm", [join(machine.root, "bin/rclone")]);
  bucket = new Bucket();
  web = await Web.start((request, response) => bucket.handle(request, response));
});

afterEach(async () => {
  await web.stop();
  machine.remove();
});

const account = (name: string) =>
  `[${name}-account]\ntype = s3\nprovider = Other\nendpoint = ${web.url}\nregion = test\naccess_key_id = a\nsecret_access_key = s\nno_check_bucket = true\n\n[${name}]\ntype = alias\nremote = ${name}-account:${name}\n\n`;
const object = (path: string) => bucket.objects.get(path)?.toString() ?? "";
const json = (path: string) => JSON.parse(object(path)) as Record<string, unknown>;

describe("copy of Odoo's database and filestore", () => {
  const file = (content: string) => `${sha256(content).slice(0, 2)}/${sha256(content).slice(0, 40)}`;
  const add = (content: string) => machine.write(`/srv/lor/odoo/filestore/odoo/${file(content)}`, content);

  beforeEach(() => {
    machine.install(renderGuestDocument(odooInput));
    machine.write("/etc/lor/rclone-odoo.conf", account("copies"));
    mkdirSync(join(machine.root, "srv/lor/copies"), { recursive: true });
    add("invoice");
    add("photo");
    rows(["invoice", "photo"]);
    machine.fake(
      "pg_dump",
      `for word in "$@"; do case $word in --file=*) echo "dump $*" >"\${word#--file=}";; esac; done`,
    );
  });

  /** A database whose snapshot names these files. */
  function rows(contents: readonly string[], meanwhile = ""): void {
    machine.fake(
      "psql",
      `read -r begin; read -r export; echo 'snapshot 00000003-1'; cat >/dev/null; ${meanwhile}\nprintf '%s\\n' ${contents.map(file).join(" ")}`,
    );
  }

  const copy = (seconds = "60") =>
    machine.run(`${machine.root}/usr/local/sbin/lor-filestore-copy`, [], {
      LOR_COPY_TIMEOUT_SECONDS: seconds,
      PGDATABASE: "odoo",
    });

  it("stores one set that comes back to one instant, its manifest last, and tells its age", async () => {
    expect((await copy()).code).toBe(0);
    const status = json("copies/status/filestore.json");
    expect(status).toMatchObject({
      version: 1,
      copy: "filestore",
      files: 2,
      missingFiles: 0,
      lastRun: { result: "success" },
    });
    const instant = String(status.instant);
    expect(Date.parse(instant)).toBeLessThanOrEqual(Date.parse(String(status.lastSuccess)));
    expect(object(`copies/objects/${file("photo")}`)).toBe("photo");
    const dump = object(`copies/sets/${instant}/database.dump`);
    expect(dump).toContain("--snapshot=00000003-1");
    expect(json(`copies/sets/${instant}/manifest.json`)).toMatchObject({
      instant,
      files: 2,
      missing: [],
      database: { sha256: sha256(dump) },
    });
    expect(object(`copies/sets/${instant}/files.txt`).trim().split("\n")).toEqual([file("invoice"), file("photo")]);
    expect(bucket.stored.filter((path) => !path.includes("status")).at(-1)).toBe(
      `copies/sets/${instant}/manifest.json`,
    );
    expect(machine.has("/srv/lor/copies/run")).toBe(false);
  });

  it("sends a file of the filestore once only", async () => {
    await copy();
    bucket.stored.length = 0;
    add("order");
    rows(["invoice", "photo", "order"]);
    expect((await copy()).code).toBe(0);
    expect(bucket.stored.filter((path) => path.includes("objects/"))).toEqual([`copies/objects/${file("order")}`]);
  });

  it("keeps a file that Odoo removes during the dump", async () => {
    machine.fake(
      "pg_dump",
      `rm "$LOR_ROOT/srv/lor/odoo/filestore/odoo/${file("photo")}"; for word in "$@"; do case $word in --file=*) echo dump >"\${word#--file=}";; esac; done`,
    );
    expect((await copy()).code).toBe(0);
    expect(json("copies/status/filestore.json")).toMatchObject({ missingFiles: 0 });
    expect(object(`copies/objects/${file("photo")}`)).toBe("photo");
  });

  it("says which files the rows name and nobody has", async () => {
    rows(["invoice", "lost"]);
    await copy();
    expect(json("copies/status/filestore.json")).toMatchObject({ missingFiles: 1 });
  });

  it("leaves no manifest and the old success when the bucket refuses", async () => {
    await copy();
    const before = json("copies/status/filestore.json");
    bucket.stored.length = 0;
    bucket.refuse = /database\.dump$/;
    expect((await copy()).code).toBe(1);
    const after = json("copies/status/filestore.json");
    expect(after).toMatchObject({
      lastSuccess: before.lastSuccess,
      instant: before.instant,
      lastRun: { result: "failure" },
    });
    expect(bucket.stored.filter((path) => path.includes("manifest"))).toEqual([]);
  });

  it("fails when the dump fails", async () => {
    machine.fake("pg_dump", "echo 'server version mismatch' >&2; exit 1");
    expect((await copy()).code).toBe(1);
    expect(json("copies/status/filestore.json")).toMatchObject({
      lastRun: { result: "failure", message: expect.stringContaining("mismatch") },
    });
  });

  it("stops at its time, and says so", async () => {
    machine.fake("pg_dump", "exec sleep 100000");
    expect((await copy("1")).code).toBe(1);
    expect(json("copies/status/filestore.json")).toMatchObject({ timeoutSeconds: 1, lastRun: { result: "timeout" } });
  });

  it("forgets old sets: all of two days, one a day for thirty", async () => {
    const day = (days: number, hour: string) =>
      `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}T${hour}:00:00Z`;
    const sets = [day(40, "10"), day(5, "10"), day(5, "11"), day(1, "10"), day(1, "11")];
    for (const set of sets) bucket.objects.set(`copies/sets/${set}/manifest.json`, Buffer.from("{}"));
    expect((await copy()).code).toBe(0);
    const kept = sets.filter((set) => bucket.objects.has(`copies/sets/${set}/manifest.json`));
    expect(kept).toEqual([day(5, "10"), day(1, "10"), day(1, "11")]);
  });
});

describe("copy of the shop's images", () => {
  const cake = "img/p/1/1.jpg";
  const tart = "img/p/2/2.jpg";

  beforeEach(() => {
    machine.install(renderGuestDocument(shopInput));
    machine.write("/etc/lor/rclone.conf", account("images") + account("copies"));
    put(cake, "cake");
  });

  const put = (key: string, content: string) => bucket.objects.set(`images/${key}`, Buffer.from(content));
  const images = () => bucket.stored.filter((path) => !path.startsWith("copies/status/"));
  async function copy(): Promise<void> {
    bucket.stored.length = 0;
    const ended = await machine.run(`${machine.root}/usr/local/sbin/lor-images-copy`, [], {
      LOR_COPY_TIMEOUT_SECONDS: "60",
    });
    expect(ended.code).toBe(0);
  }

  it("sends what is new, keeps what was deleted, and tells its age", async () => {
    await copy();
    expect(object(`copies/${cake}`)).toBe("cake");
    bucket.objects.delete(`images/${cake}`);
    put(tart, "tart");
    await copy();
    expect(object(`copies/${cake}`)).toBe("cake");
    expect(object(`copies/${tart}`)).toBe("tart");
    expect(json("copies/status/images.json")).toMatchObject({ copy: "images", lastRun: { result: "success" } });
    expect(json("copies/status/images-success.json")).toEqual(json("copies/status/images.json"));
  });

  it("tells its age after every run, also when a run says the same as the one before", async () => {
    for (let run = 0; run < 3; run += 1) {
      await copy();
      expect(bucket.stored).toContain("copies/status/images.json");
    }
  });

  it("sends an image again that was overwritten by one of the same size", async () => {
    await copy();
    put(cake, "bake");
    await copy();
    expect(object(`copies/${cake}`)).toBe("bake");
  });

  it("sends nothing again that is there, by itself or by the cloud's replication, which keeps the names", async () => {
    await copy();
    put(tart, "tart");
    bucket.objects.set(`copies/${tart}`, Buffer.from("tart"));
    await copy();
    expect(images()).toEqual([]);
  });
});
