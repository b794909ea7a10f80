import { policies } from "../../src/domain/policy/policies.ts";
import type { Policy } from "../../src/domain/policy/policy.ts";
import { packedCodes } from "../../src/policy-pack/rules.ts";

/** Where the page is, from the repository's root. */
export const policiesPage = "docs/policies.md";

/** docs/policies.md, from the policies themselves. */
export function renderPoliciesPage(): string {
  return `${[head, ...policies.map(renderPolicy), tail].join("\n\n")}\n`;
}

function renderPolicy({ code, kind, exit, reason, remedy, neverWaived }: Policy): string {
  const packed = packedCodes.includes(code);
  return [
    `### ${code}`,
    "",
    `- why: ${reason}`,
    `- what to do: ${remedy}`,
    `- when violated: ${kind === "warning" ? "a warning" : `refused, exit ${exit}`}`,
    `- waivable: ${neverWaived === undefined ? "yes" : `no: ${neverWaived}`}`,
    `- in the policy pack: ${packed ? "yes, over the registered resources" : "no: only the settings tell it"}`,
  ].join("\n");
}

const head = `# Policies

<!-- Generated from the code by: node test/docs/generate-errors.ts -->

A policy is a rule of the company, not of the form of its settings. It has a code, a reason and a remedy. The same policies are judged

- by \`lor-infra check\`, offline: exit 3 when only policies refuse; \`--json\` lists the violations among \`issues\`, and under \`policies\` why each of them exists and what to do;
- by \`preview\`, \`up\`, \`rush\`, \`normal\` and plain \`pulumi\`, before they touch anything: they refuse with the same texts. \`status\`, \`recover\` and \`destroy\` tell the violation of a policy that can be waived, and go on: a waiver that
  ended last night keeps nobody from looking or from repairing. \`cost\` and \`rpo\` go on too, because they show what a refusal is about;
- by a [policy pack](#policy-pack) over the resources that a program registers, for plain \`pulumi\`.

They are in [src/domain/policy/](../src/domain/policy/policies.ts); [the last section](#add-a-policy) says how to add one.

## Waivers

The company may accept a violation for a while. A waiver is an entry of \`waivers\` in \`Pulumi.yaml\`:

\`\`\`yaml
config:
  waivers:
    value:
      - policy: rpo-not-held
        of: shop-images
        owner: Jeanne Martin
        reason: the bucket of the copies moves to Strasbourg
        until: "2027-01-31"
\`\`\`

| key      | means                                                                                                          |
| -------- | -------------------------------------------------------------------------------------------------------------- |
| \`policy\` | code of a policy that can be waived; another one is \`waiver-policy-unknown\`, or \`policy-never-waived\` (exit 3) |
| \`of\`     | only this subject: a data set, a profile, a price book, a server, an event; left out, whatever violates it     |
| \`owner\`  | who answers for it                                                                                             |
| \`reason\` | why it is accepted                                                                                             |
| \`until\`  | the last day on which it holds, UTC; a waiver without an end is refused                                        |

- While it holds, what it covers is a warning with owner, reason and end, at each run of \`check\`, of \`preview\`, \`up\`, \`rush\`, \`normal\` and whatever else opens the stack (on the error output, also with \`--json\`), and of plain \`pulumi\`.
- From the day after, the policy refuses again, and the refusal says whose waiver ended when.
- A waiver that nothing needs is the warning \`waiver-unused\`: take it out, or it hides the next violation.
- \`lor-infra rpo\` goes on saying what is lost, and ends with exit 3 while the RPO is not held: a waiver changes no fact.

## The policies`;

const tail = `## Policy pack

[src/policy-pack/](../src/policy-pack/rules.ts) is a CrossGuard policy pack. It judges what a program really registers, after transforms and whatever else a program of your own does, by the same criteria and under the
same codes:

    pulumi preview --stack prod --config-file Pulumi.normal.yaml --policy-pack src/policy-pack/policies.js

In a project that has lor-infra installed the file is \`node_modules/lor-infra/dist/src/policy-pack/policies.js\`. It is a program, so that every engine can start it. Its folder is a pack in the usual form too
(\`--policy-pack src/policy-pack\`), which needs a language host that can start packs: the one that lor-infra builds without the internet cannot, and Pulumi then says "could not read plugin: not supported".

What the pack says of single resources stops them before they are created. What only all resources together tell (the volume that holds data, the number of members, the fronts' group) is said at the end: let the preview run, and do not skip it.
Waivers of the settings do not reach a pack, which runs in a process of its own. To have a rule of it warn only, use Pulumi's own way: \`--policy-pack-config\` with a file such as \`{ "fronts-not-spread": "advisory" }\`.

## Add a policy

One entry in a file of [src/domain/policy/](../src/domain/policy/serving-policies.ts): code, reason, remedy, the facts that it needs, and a function of these facts. \`check\`, waivers, the error codes and this page follow (\`npm run docs\` writes the two pages). Only
a fact that nobody knows yet asks for more: its form in [facts.ts](../src/domain/policy/facts.ts), where it comes from in [policy-facts.ts](../src/systems/lor/policy-facts.ts).`;
