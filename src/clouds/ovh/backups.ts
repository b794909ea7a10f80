import type { Backups, BackupsView } from "../clients.ts";
import { object, objects, optionalText, text } from "../http/json-answer.ts";
import type { OvhApi } from "./ovh-api.ts";

/** Backups that OVHcloud makes and its API reports; fields and calls in docs/data-loss.md, section "What is looked up". */
export class OvhBackups implements Backups {
  readonly #ovh: OvhApi;
  readonly #project: string;

  constructor(ovh: OvhApi, projectId: string) {
    this.#ovh = ovh;
    this.#project = `/cloud/project/${encodeURIComponent(projectId)}`;
  }

  async now(): Promise<Date> {
    return new Date(Number(await this.#ovh.get("/auth/time")) * 1000);
  }

  async ofDatabase(engine: "mysql" | "postgresql", name: string): Promise<BackupsView | undefined> {
    const services = await this.#details(`${this.#project}/database/${engine}`);
    const service = services.find((one) => one.description === name);
    if (service === undefined) return undefined;
    const path = `${this.#project}/database/${engine}/${encodeURIComponent(text(service.id))}/backup`;
    const backups = await this.#details(path);
    const ready = backups.filter((backup) => (optionalText(backup.status) ?? "READY") === "READY");
    return { since: date(service.createdAt), newest: newest(ready.map((backup) => date(backup.createdAt))) };
  }

  async ofInstance(region: string, workflowName: string): Promise<BackupsView | undefined> {
    const place = encodeURIComponent(region);
    const workflows = objects(await this.#ovh.get(`${this.#project}/region/${place}/workflow/backup`));
    const workflow = workflows.find((one) => one.name === workflowName);
    if (workflow === undefined) return undefined;
    const prefix = optionalText(workflow.backupName) ?? workflowName;
    const images = objects(await this.#ovh.get(`${this.#project}/snapshot?region=${place}`));
    const copies = images.filter((image) => text(image.name).startsWith(prefix) && image.status === "active");
    return { since: date(workflow.createdAt), newest: newest(copies.map((image) => date(image.creationDate))) };
  }

  /** OVHcloud lists these as ids; a response with complete objects is accepted as well. */
  async #details(path: string) {
    const listed = await this.#ovh.get(path);
    return await Promise.all(
      (Array.isArray(listed) ? listed : []).map(async (one: unknown) =>
        typeof one === "object" ? object(one) : object(await this.#ovh.get(`${path}/${encodeURIComponent(text(one))}`)),
      ),
    );
  }
}

function date(value: unknown): Date {
  return new Date(text(value));
}

function newest(dates: readonly Date[]): Date | undefined {
  const times = dates.map((one) => one.getTime()).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
