import * as z from "zod";
import { parseStateBackend, type StateBackend } from "../domain/state-backend.ts";
import { attempt, type FieldRefusal } from "./fields.ts";

/** Location of the state. */
export function stateBackend() {
  const refusal: FieldRefusal = {
    code: "state-backend-invalid",
    accepted:
      "folder; file:///path; or s3://bucket/prefix?region=…, with endpoint=https://… and s3ForcePathStyle=true where the server needs them. Keys are taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, never from the settings",
  };
  return z
    .string(refusal.accepted)
    .transform((value, context): StateBackend => attempt(() => parseStateBackend(value), context, refusal));
}
