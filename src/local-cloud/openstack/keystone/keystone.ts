import { createHash, timingSafeEqual } from "node:crypto";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { fixedUuid } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import { computeRegions } from "../../kernel/regions.ts";
import type { KeystoneApi, TokenView } from "./types.ts";

/** Milliseconds that a token lives: Keystone's usual day. */
const tokenLife = 24 * 3600 * 1000;
const operatorName = "local-operator";

type TokenBody = Omit<TokenView, "id">;

/** The one project of the local cloud: the same in every cloud, as its name is. */
export const projectId = fixedUuid("project", "local").replaceAll("-", "");

/** Where the project's users are kept. */
interface UserDirectory {
  login(
    userName: string,
  ): { readonly id: string; readonly password: string; readonly roles: readonly string[] } | undefined;
}

/** OpenStack's identity service; see BEHAVIOUR.md. */
export class Keystone implements KeystoneApi {
  readonly projectId = projectId;
  readonly projectName = "local";
  readonly #context: CloudContext;
  readonly #users: UserDirectory;
  /** By the SHA-256 of the token: the token itself is not kept. */
  readonly #tokens: Records<TokenBody>;

  constructor(context: CloudContext, users: UserDirectory) {
    this.#context = context;
    this.#users = users;
    this.#tokens = new Records(
      context,
      "token",
      () => new CloudError(404, "Not Found", "Could not recognize Fernet token"),
    );
    context.onDue<TokenBody>("token", (record) => this.#tokens.remove(record.id));
  }

  regions(): readonly string[] {
    return computeRegions;
  }

  operator(): { userName: string; password: string } {
    const kept = this.#context.store.setting("operator-password");
    const password = kept ?? this.#context.secret(32);
    if (kept === undefined) {
      this.#context.arrange(() => this.#context.store.setSetting("operator-password", password));
    }
    return { userName: operatorName, password };
  }

  authenticate(args: { userName: string; password: string }): TokenView {
    const operator = this.operator();
    const id = `gAAAAA${Buffer.from(this.#context.machine.randomBytes(48)).toString("base64url")}`;
    // The token itself must not be what the change answers with: the journal notes the id of what a call made.
    const body = this.#context.write((): TokenBody => {
      const user =
        args.userName === operatorName
          ? { id: "operator", password: operator.password, roles: ["administrator"] }
          : this.#users.login(args.userName);
      if (user === undefined || !same(user.password, args.password)) {
        throw new CloudError(401, "Unauthorized", "The request you have made requires authentication.");
      }
      const now = this.#context.clock.now();
      const issued: TokenBody = {
        userId: user.id,
        userName: args.userName,
        projectId: this.projectId,
        projectName: this.projectName,
        roles: user.roles,
        issuedAt: this.#context.clock.iso(now),
        expiresAt: this.#context.clock.iso(now + tokenLife),
      };
      this.#tokens.insert({ id: digest(id), region: "", name: args.userName, due: now + tokenLife, body: issued });
      return issued;
    });
    return { id, ...body };
  }

  validate(token: string): TokenView {
    return this.#context.read(() => ({ id: token, ...this.#tokens.require(digest(token)).body }));
  }

  revoke(token: string): void {
    this.#context.write(() => this.#tokens.remove(this.#tokens.require(digest(token)).id));
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}
