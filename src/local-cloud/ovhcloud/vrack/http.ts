import { type Call, type Json, param, type Route } from "../../http/route.ts";
import { needTextIn } from "../body-values.ts";
import { get, post, project, removeBegun } from "../ovh-route.ts";
import type { VrackTaskView } from "./types.ts";

const vrack = "/1.0/vrack/:vrack";

/** vRacks, the projects that are in them, and what goes on in them. */
export const vrackRoutes: readonly Route[] = [
  get("/1.0/vrack", ({ cloud }) => [...new Set(cloud.ovhVrack.list().map((attachment) => attachment.vrack))]),
  get(vrack, (call) => {
    const { vrack: name } = call.cloud.ovhVrack.requireVrack(param(call, "vrack"));
    return { name, description: "", iam: { id: name, urn: `urn:v1:eu:resource:vrack:${name}` } };
  }),
  get(`${vrack}/cloudProject`, (call) =>
    call.cloud.ovhVrack
      .list()
      .filter((attachment) => attachment.vrack === param(call, "vrack") && attachment.status !== "DETACHING")
      .map(({ projectId }) => projectId),
  ),
  post(`${vrack}/cloudProject`, (call) =>
    taskBody(call.cloud.ovhVrack.attach(param(call, "vrack"), needTextIn(call.body, "project")).task),
  ),
  get(`${vrack}/cloudProject/:attached`, (call) => attachedBody(call, param(call, "vrack"), param(call, "attached"))),
  removeBegun(`${vrack}/cloudProject/:attached`, (call) =>
    taskBody(call.cloud.ovhVrack.detach(param(call, "vrack"), param(call, "attached")).task),
  ),
  get(`${vrack}/task`, (call) => call.cloud.ovhVrack.tasks(param(call, "vrack")).map(({ id }) => id)),
  get(`${vrack}/task/:task`, (call) =>
    taskBody(call.cloud.ovhVrack.getTask(param(call, "vrack"), Number(param(call, "task")))),
  ),
  get(`${project}/vrack`, (call) => {
    const { vrack: name } = call.cloud.ovhVrack.ofProject(param(call, "project"));
    return { id: name, name, description: "" };
  }),
];

function attachedBody(call: Call, name: string, projectId: string): Json {
  const attachment = call.cloud.ovhVrack.get(name, projectId);
  return { vrack: attachment.vrack, project: attachment.projectId };
}

function taskBody(task: VrackTaskView): Json {
  return {
    id: task.id,
    function: task.function,
    status: "doing",
    serviceName: task.vrack,
    targetDomain: task.projectId,
    orderId: null,
    lastUpdate: task.begunAt,
    todoDate: task.begunAt,
  };
}
