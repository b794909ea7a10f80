import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installS3Server } from "../../../src/engine/s3-server.ts";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import {
  type MachineServices,
  serviceAddress,
  startMachineServices,
} from "../../../src/local-cloud/machines/services/services.ts";
import { refusal } from "../test-cloud.ts";
import { HandMadeNetwork, namespaceObstacle } from "./hand-made-network.ts";

describe.skipIf(namespaceObstacle !== undefined)("object storage inside the machines' network", () => {
  let folder: string;
  let cloud: LocalCloud;
  let network: HandMadeNetwork;
  let services: MachineServices;
  let keys: { readonly access: string; readonly secret: string };
  let userId: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lor-s3-test-"));
    cloud = createLocalCloud({ databasePath: ":memory:", clock: "stepped", scale: 1 });
    network = await HandMadeNetwork.open(serviceAddress);
    const s3Program = await installS3Server({ env: process.env });
    services = await startMachineServices({ cloud, network, folder, s3Program });
    writeFileSync(join(folder, "ca.pem"), services.authority.certificate);
    for (const name of ["images", "others"]) cloud.ovhStorage.create({ name, region: "GRA" });
    cloud.ovhStorage.create({ name: "copies", region: "SBG" });
    const user = cloud.ovhUsers.create({});
    userId = user.id;
    const { access, secret } = cloud.ovhUsers.createS3Credential(user.id);
    keys = { access, secret };
    allow({ images: true, copies: false });
  });

  afterAll(async () => {
    await services?.close();
    await network?.close();
    cloud?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The rights that the program gives: everything but deletion, which needs a prefix. */
  function allow(buckets: Readonly<Record<string, boolean>>): void {
    const names = "GetObject PutObject ListBucket GetBucketLocation ListBucketMultipartUploads AbortMultipartUpload";
    const statements = Object.entries(buckets).flatMap(([name, deletes]) => {
      const own = `arn:aws:s3:::${name}`;
      const Action = names.split(" ").map((each) => `s3:${each}`);
      return [
        { Effect: "Allow", Action, Resource: [own, `${own}/*`] },
        { Effect: "Allow", Action: ["s3:DeleteObject"], Resource: [`${own}/${deletes ? "" : "sets/"}*`] },
      ];
    });
    cloud.ovhUsers.setS3Policy(userId, JSON.stringify({ Statement: statements }));
  }

  /** rclone with the options of the machines' own scripts. */
  function rclone(...words: string[]): Promise<string> {
    const remote = (region: string) =>
      [
        `[${region}]`,
        "type = s3",
        "provider = Other",
        `endpoint = https://s3.${region}.io.cloud.ovh.net`,
        `region = ${region}`,
        `access_key_id = ${keys.access}`,
        `secret_access_key = ${keys.secret}`,
        "no_check_bucket = true",
        "",
      ].join("\n");
    const config = join(folder, "rclone.conf");
    writeFileSync(config, remote("gra") + remote("sbg"));
    const options = [
      "--config",
      config,
      "--ca-cert",
      join(folder, "ca.pem"),
      "--retries",
      "1",
      "--low-level-retries",
      "1",
    ];
    return network.run("rclone", [...options, ...words]);
  }

  it("stores what rclone copies, in parts and with checksums", async () => {
    const files = join(folder, "files");
    mkdirSync(join(files, "p/1"), { recursive: true });
    writeFileSync(join(files, "p/1/1.jpg"), "image");
    writeFileSync(join(files, "big.bin"), Buffer.alloc(12 * 1024 * 1024, "lor"));
    await rclone("copy", files, "gra:images", "--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M");
    expect(await rclone("check", files, "gra:images", "--download")).toBe("");
    expect((await rclone("lsf", "-R", "--files-only", "gra:images")).split("\n").sort()).toEqual([
      "",
      "big.bin",
      "p/1/1.jpg",
    ]);
    expect(await rclone("cat", "gra:images/p/1/1.jpg", "--offset", "2")).toBe("age");
    expect(JSON.parse(await rclone("lsjson", "--hash", "gra:images/p/1"))[0].Hashes.md5).toBe(
      "78805a221a988e79ef3f42d7c5bfd418",
    );
    await rclone("copyto", "gra:images/p/1/1.jpg", "gra:images/p/1/2.jpg");
    await rclone("sync", "gra:images", "sbg:copies");
    expect(await rclone("cat", "sbg:copies/p/1/2.jpg")).toBe("image");
    await rclone("deletefile", "gra:images/p/1/2.jpg");
    // The API shows what machines stored.
    const listed = cloud.ovhStorage.listObjects("images").map(({ key, size }) => [key, size]);
    expect(listed.sort()).toEqual([
      ["big.bin", 12 * 1024 * 1024],
      ["p/1/1.jpg", 5],
    ]);
    expect(cloud.ovhStorage.get("images").objectsCount).toBe(2);
    expect(refusal(() => cloud.ovhStorage.delete("images")).code).toBe("BucketNotEmpty");
  });

  it("does what the AWS SDK asks, in both styles of address", async () => {
    const script = `
      import { readFileSync } from "node:fs";
      import { S3Client, PutObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
      const seen = [];
      for (const forcePathStyle of [true, false]) {
        const client = new S3Client({ endpoint: "https://s3.gra.io.cloud.ovh.net", region: "gra", forcePathStyle });
        const target = { Bucket: "images", Key: "sdk/é " + forcePathStyle };
        const { ETag } = await client.send(new PutObjectCommand({ ...target, Body: "content" }));
        const got = await client.send(new GetObjectCommand(target));
        const head = await client.send(new HeadObjectCommand(target));
        const list = await client.send(new ListObjectsV2Command({ Bucket: "images", Prefix: "sdk/" }));
        seen.push([ETag === head.ETag, await got.Body.transformToString(), list.KeyCount]);
      }
      console.log(JSON.stringify(seen));`;
    const told = await network.run(process.execPath, ["--input-type=module", "-e", script], {
      NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
      AWS_ACCESS_KEY_ID: keys.access,
      AWS_SECRET_ACCESS_KEY: keys.secret,
    });
    expect(JSON.parse(told)).toEqual([
      [true, "content", 1],
      [true, "content", 2],
    ]);
  });

  it("refuses what the user's policy does not allow", async () => {
    await expect(rclone("lsf", "gra:others")).rejects.toThrow(/AccessDenied/);
    await expect(rclone("deletefile", "sbg:copies/big.bin")).rejects.toThrow(/AccessDenied/);
    await rclone("copyto", join(folder, "ca.pem"), "sbg:copies/sets/1");
    await rclone("deletefile", "sbg:copies/sets/1");
    allow({ images: true, copies: false, others: false });
    expect(await rclone("lsf", "gra:others")).toBe("");
    // A copy reads its source.
    allow({ others: false });
    await expect(rclone("copyto", "gra:images/big.bin", "gra:others/big.bin")).rejects.toThrow(/AccessDenied/);
    allow({ images: true, copies: false });
  });

  it("refuses a wrong secret, an unknown key and a bucket that was deleted", async () => {
    const right = keys;
    keys = { ...right, secret: "wrong" };
    await expect(rclone("lsf", "gra:images")).rejects.toThrow(/SignatureDoesNotMatch/);
    keys = { ...right, access: "unknown" };
    await expect(rclone("lsf", "gra:images")).rejects.toThrow(/InvalidAccessKeyId/);
    keys = right;
    allow({ others: true });
    await rclone("copyto", join(folder, "ca.pem"), "gra:others/1");
    cloud.ovhStorage.empty("others");
    cloud.ovhStorage.delete("others");
    await expect(rclone("lsf", "gra:others")).rejects.toThrow(/NoSuchBucket|directory not found/);
    allow({ images: true, copies: false });
  });

  it("keeps the objects of a region that is lost", async () => {
    cloud.faults.loseRegion("GRA");
    await expect(rclone("cat", "gra:images/p/1/1.jpg")).rejects.toThrow(/503|ServiceUnavailable/);
    expect(await rclone("lsf", "sbg:copies/p/1/1.jpg")).toBe("1.jpg\n");
    cloud.faults.restoreRegion("GRA");
    expect(await rclone("cat", "gra:images/p/1/1.jpg")).toBe("image");
  });

  it("keeps objects over a restart", async () => {
    await services.close();
    const s3Program = await installS3Server({ env: process.env });
    services = await startMachineServices({ cloud, network, folder, s3Program });
    expect(await rclone("cat", "gra:images/p/1/1.jpg")).toBe("image");
  });
});
