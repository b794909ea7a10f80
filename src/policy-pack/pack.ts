import { PolicyPack } from "@pulumi/policy";
import { packedPolicies } from "./rules.ts";

/** Loaded by the engine with `--policy-pack`; creating the pack starts its server. */
new PolicyPack("lor-infra", { policies: [...packedPolicies] });
