import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { ExitCode, LorError } from "../core/errors.ts";
import { type S3Backend, s3Url } from "../domain/state-backend.ts";
import { proxyAgents } from "../os/proxy.ts";
import { bucketError } from "./bucket-error.ts";
import type { SharedFiles } from "./shared-files.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Timeout of a connection and of a response, in milliseconds. */
const connectionTimeout = 5_000;
const requestTimeout = 30_000;

/** Client of a bucket, with the credentials of the environment. @throws LorError `state-credentials-missing` */
export function connectBucket({ region, endpoint, pathStyle }: S3Backend, env: Environment): S3Client {
  const credentials = credentialsOf(env);
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    // Servers other than Amazon's do not support the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout, requestTimeout, ...proxyAgents(env) },
    maxAttempts: 3,
  });
}

/** Undefined: AWS_PROFILE names them. */
function credentialsOf(env: Environment) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(token ? { sessionToken: token } : {}) };
  }
  if (env.AWS_PROFILE) {
    return undefined;
  }
  throw new LorError({
    code: "state-credentials-missing",
    message: "the state is in a bucket, but its credentials are missing",
    exit: ExitCode.usage,
    culprit: "user",
    path: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
    accepted: "both variables, or AWS_PROFILE",
    next: "set them in the shell, then the same command again",
  });
}

interface Found {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly tag: string;
}

/** Shared files in a bucket. Exclusive operations use conditional writes, which `requireConditionalWrites` has tested. */
export class S3Files implements SharedFiles {
  readonly #client: S3Client;
  readonly #backend: S3Backend;
  readonly #folder: string;

  /** @param folder relative to the backend's prefix */
  constructor(client: S3Client, backend: S3Backend, folder: string) {
    this.#client = client;
    this.#backend = backend;
    this.#folder = folder;
  }

  where(path: string): string {
    return s3Url(this.#backend, this.#below(path)).replace(/\?.*/, "");
  }

  async read(path: string): Promise<string | undefined> {
    return (await this.#get(path))?.text;
  }

  async readBytes(path: string): Promise<Uint8Array | undefined> {
    return (await this.#get(path))?.bytes;
  }

  async write(path: string, text: string): Promise<void> {
    await this.#put(path, text, {});
  }

  async create(path: string, text: string): Promise<boolean> {
    if (await this.#put(path, text, { IfNoneMatch: "*" })) {
      return true;
    }
    // A lost response causes a retry, and then our own file is in the way.
    return (await this.read(path)) === text;
  }

  async append(path: string, line: string): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      const now = await this.#get(path);
      const before = now?.text ?? "";
      const whole = before === "" || before.endsWith("\n") ? before : `${before}\n`;
      const condition = now === undefined ? { IfNoneMatch: "*" } : { IfMatch: now.tag };
      if (await this.#put(path, `${whole}${line}\n`, condition)) {
        return;
      }
      if (`\n${await this.read(path)}`.endsWith(`\n${line}\n`)) {
        // Written; only the response was lost.
        return;
      }
      // Another process has added a line meanwhile.
    }
    throw bucketError(new Error("others kept writing the same file"), this.where(path));
  }

  async list(folder: string): Promise<readonly string[]> {
    const prefix = `${this.#key(folder)}/`;
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.#ask(folder, () =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#backend.bucket,
            Prefix: prefix,
            Delimiter: "/",
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      names.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key.slice(prefix.length)])));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return names.filter((name) => name !== "");
  }

  async remove(path: string): Promise<void> {
    await this.#ask(path, () =>
      this.#client.send(new DeleteObjectCommand({ Bucket: this.#backend.bucket, Key: this.#key(path) })),
    );
  }

  /**
   * Tests that the server supports conditional writes; one that does not ignores the condition silently.
   * @throws LorError `state-server-unconditional`
   */
  async requireConditionalWrites(): Promise<void> {
    const path = "conditional-writes";
    if (!(await this.#put(path, "tried\n", { IfNoneMatch: "*" }))) {
      // Tested by an earlier command.
      return;
    }
    const twice = await this.#put(path, "twice\n", { IfNoneMatch: "*" });
    const other = twice || (await this.#put(path, "other\n", { IfMatch: '"00000000000000000000000000000000"' }));
    if (twice || other) {
      await this.remove(path);
      throw unconditional(this.where(""));
    }
  }

  async #get(path: string): Promise<Found | undefined> {
    return await this.#ask(path, async () => {
      try {
        const answer = await this.#client.send(
          new GetObjectCommand({ Bucket: this.#backend.bucket, Key: this.#key(path) }),
        );
        const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
        return { bytes, text: Buffer.from(bytes).toString("utf8"), tag: answer.ETag ?? "" };
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === "NoSuchKey") {
          return undefined;
        }
        throw error;
      }
    });
  }

  /** False when the condition failed. */
  async #put(
    path: string,
    text: string,
    condition: { readonly IfNoneMatch?: string; readonly IfMatch?: string },
  ): Promise<boolean> {
    return await this.#ask(path, async () => {
      try {
        await this.#client.send(
          new PutObjectCommand({
            Bucket: this.#backend.bucket,
            Key: this.#key(path),
            Body: Buffer.from(text),
            ...condition,
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0)) {
          return false;
        }
        if (
          error instanceof S3ServiceException &&
          error.$metadata.httpStatusCode === 501 &&
          "IfNoneMatch" in condition
        ) {
          throw unconditional(this.where(""));
        }
        throw error;
      }
    });
  }

  /** Turns every failure of the server into a coded error. */
  async #ask<T>(path: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw error instanceof LorError ? error : bucketError(error, this.where(path));
    }
  }

  #below(path: string): string {
    return [this.#folder, path].filter((part) => part !== "").join("/");
  }

  #key(path: string): string {
    return [this.#backend.prefix, this.#below(path)].filter((part) => part !== "").join("/");
  }
}

function unconditional(where: string): LorError {
  return new LorError({
    code: "state-server-unconditional",
    message: "the server of the bucket ignores conditional writes, so two commands could hold the lock at once",
    exit: ExitCode.refused,
    culprit: "cloud",
    path: "state.backend",
    seen: where,
    accepted: "a server that knows If-None-Match and If-Match on PutObject",
    next: "set state.backend to another server or to a folder",
  });
}
