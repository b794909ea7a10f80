import type { Profile } from "../../domain/profile.ts";
import type { ProjectTemplateArgs, TemplateFile } from "../contract.ts";

const purpose =
  "A shop and its administration on OVHcloud. What both profiles share; the profile files hold only what differs.";

/** Pulumi.yaml and the two profile files of a new project. */
export function renderProject(args: ProjectTemplateArgs): readonly TemplateFile[] {
  const { name, program, encryptionSalt, saltRemark, description = purpose } = args;
  return [
    { file: "Pulumi.yaml", content: renderSharedFile({ name, description, program }) },
    ...(["normal", "rush"] as const).map((profile) => ({
      file: `Pulumi.${profile}.yaml`,
      content: renderProfileFile({ name, profile, encryptionSalt, saltRemark }),
    })),
  ];
}

interface SharedFileArgs {
  /** Project name: prefix of every cloud name. */
  readonly name: string;
  readonly description: string;
  /** Program that Pulumi runs, relative to the folder. */
  readonly program: string;
}

/** Pulumi.yaml of a new project: the values of Lor, with placeholders named after the project. */
function renderSharedFile({ name, description, program }: SharedFileArgs): string {
  return `name: ${name}
description: ${description}
runtime:
  name: nodejs
  options:
    typescript: false
main: ${program}
config:
  system:
    value: lor
  # Most data, in time, that the company accepts to lose. Every data set must hold it for every disruption it promises to survive.
  rpo:
    value: PT1H
  region:
    value:
      compute: GRA11
      storage: GRA
      database: GRA
      offsite: SBG
  administration:
    value:
      sshPublicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBwbGFjZWhvbGRlciBrZXkgMDAwMDAw administrator@${name}.example
      email: administrator@${name}.example
  network:
    value:
      vrack: pn-1000000
      cidr: 10.10.0.0/16
      externalNetwork: Ext-Net
      subnets:
        loadBalancer: { cidr: 10.10.0.0/24, vlan: 100 }
        prestashop: { cidr: 10.10.1.0/24, vlan: 101 }
        mysql: { cidr: 10.10.2.0/24, vlan: 102 }
        odoo: { cidr: 10.10.3.0/24, vlan: 103 }
        postgresql: { cidr: 10.10.4.0/24, vlan: 104 }
  loadBalancer:
    value:
      driver: ovh
      address: 10.10.0.1
  prestashop:
    value:
      domain: www.${name}.example
      addresses: [10.10.1.10, 10.10.1.11, 10.10.1.12]
      disk: 100
      image: Debian 12
      release:
        version: 9.1.5-5.0
        url: https://assets.prestashop3.com/dst/edition/corporate/9.1.5-5.0/prestashop_edition_basic_version_9.1.5-5.0.zip
        sha256: "0000000000000000000000000000000000000000000000000000000000000000"
  odoo:
    value:
      domain: erp.${name}.example
      address: 10.10.3.10
      flavor: b2-15
      disk: 100
      image: Debian 12
      release:
        version: "16.0.20241001"
        url: https://nightly.odoo.com/16.0/nightly/deb/odoo_16.0.20241001_all.deb
        sha256: "0000000000000000000000000000000000000000000000000000000000000000"
      filestore:
        copyEvery: PT30M
        copyTimeout: PT10M
  mysql:
    value:
      version: "8"
      plan: essential
      flavor: db1-4
      disk: 80
      access: private
      backupTime: "03:00:00"
  postgresql:
    value:
      version: "15"
      plan: essential
      flavor: db1-4
      disk: 80
      access: private
      backupTime: "03:30:00"
      # Odoo's machine then grants itself the right to make tables; resets the password of avnadmin once (docs/settings.md#databases).
      # adoptAdministrator: true
  storage:
    value:
      size: 100
  backups:
    value:
      instances:
        cron: "0 4 * * *"
        keep: 7
  # When rush is wanted: from the lead before an event's day until its end after it (one day). Days in quotes.
  calendar:
    value:
      timeZone: Europe/Paris
      mergeWithin: P7D
      events:
        - { name: noel, kind: fixed, date: "12-25", lead: P21D, freeze: { before: P2D, after: P1D } }
        - { name: paques, kind: easter, tradition: western, lead: P21D, freeze: { before: P2D, after: P1D } }
        - { name: saint-valentin, kind: fixed, date: "02-14", lead: P21D, freeze: { before: P2D, after: P1D } }
  # Who may log in to the machines, through a bastion (docs/access.md); without it port 22 is closed everywhere. A bastion costs as any machine.
  # access:
  #   value:
  #     administrators:
  #       - { name: anna, key: ssh-ed25519 AAAA… }
  #     allowFrom: [203.0.113.0/24]
  #     subnet: { cidr: 10.10.5.0/24, vlan: 105 }
  #     bastion: { address: 10.10.5.10 }
  # The machines' journals go to object storage and are deleted by age (docs/access.md#logs); without it they stay on the machines.
  # logs:
  #   value:
  #     keep: P30D
  # What is kept before the way back from rush (docs/switching.md#before-the-way-back). Only a machine inside the private network reaches the
  # databases, and only your own tools know orders and invoices, so the commands are yours.
  # hooks:
  #   value:
  #     beforeScaleDown:
  #       tasks:
  #         - { name: shop-dump, command: [./tools/dump-shop.sh], timeLimit: PT30M, object: before-normal/shop.sql.gz }
  #         - { name: orders, command: [./tools/export-orders.sh], timeLimit: PT10M, object: before-normal/orders.csv }
`;
}

interface ProfileFileArgs {
  readonly name: string;
  readonly profile: Profile;
  readonly encryptionSalt: string;
  /** Location of the passphrase, as a comment for readers of the file. One line. */
  readonly saltRemark: string;
}

interface Sizes {
  readonly purpose: string;
  readonly fronts: number;
  readonly frontsFlavor: string;
  readonly bandwidth: number;
}

const sizes: Readonly<Record<Profile, Sizes>> = Object.freeze({
  normal: {
    purpose: "The everyday size. Only what differs from rush; the rest is in Pulumi.yaml.",
    fronts: 2,
    frontsFlavor: "b2-7",
    bandwidth: 500,
  },
  rush: {
    purpose: "The size of Noël, Pâques and Saint-Valentin. Only what differs from normal; the rest is in Pulumi.yaml.",
    fronts: 3,
    frontsFlavor: "b2-15",
    bandwidth: 2000,
  },
});

/** Pulumi.normal.yaml or Pulumi.rush.yaml of a new project. */
function renderProfileFile({ name, profile, encryptionSalt, saltRemark }: ProfileFileArgs): string {
  const { purpose, fronts, frontsFlavor, bandwidth } = sizes[profile];
  return `# ${purpose}
# ${saltRemark}
encryptionsalt: ${encryptionSalt}
config:
  ${name}:profile: ${profile}
  ${name}:prestashop:
    fronts: ${fronts}
    frontsFlavor: ${frontsFlavor}
  ${name}:loadBalancer:
    bandwidth: ${bandwidth}
`;
}
