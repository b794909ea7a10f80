import type { Route } from "../../http/route.ts";
import { get } from "../ovh-route.ts";

/** Projects that are attached to a vRack. */
export const vrackRoutes: readonly Route[] = [
  get("/1.0/vrack/:vrack/cloudProject", ({ cloud, params }) =>
    cloud.ovhVrack
      .list()
      .filter(({ vrack, status }) => vrack === params.vrack && status !== "DETACHING")
      .map(({ projectId }) => projectId),
  ),
];
