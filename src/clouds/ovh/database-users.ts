import { ExitCode, LorError } from "../../core/errors.ts";
import type { DatabaseUsers } from "../clients.ts";
import { object, text } from "../http/json-answer.ts";
import type { OvhApi } from "./ovh-api.ts";

/** Users of OVHcloud's managed databases. */
export class OvhDatabaseUsers implements DatabaseUsers {
  readonly #ovh: OvhApi;
  readonly #project: string;

  constructor(ovh: OvhApi, projectId: string) {
    this.#ovh = ovh;
    this.#project = `/cloud/project/${encodeURIComponent(projectId)}`;
  }

  async resetPassword(engine: "mysql" | "postgresql", service: string, user: string): Promise<string> {
    const services = `${this.#project}/database/${engine}`;
    const users = `${await this.#find(services, "description", service)}/user`;
    const answer = await this.#ovh.post(`${await this.#find(users, "username", user)}/credentials/reset`, {});
    return text(object(answer).password);
  }

  /** Path of the one whose field has this value. */
  async #find(path: string, field: string, value: string): Promise<string> {
    const ids = await this.#ovh.get(path);
    for (const id of Array.isArray(ids) ? ids : []) {
      const place = `${path}/${encodeURIComponent(text(id))}`;
      if (object(await this.#ovh.get(place))[field] === value) return place;
    }
    throw new LorError({
      code: "database-user-missing",
      message: `the cloud has no database service or user ${value}`,
      exit: ExitCode.failed,
      culprit: "cloud",
      next: "lor-infra up",
    });
  }
}
