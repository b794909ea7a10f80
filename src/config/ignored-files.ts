/** Lines of .gitignore for files of Pulumi and lor-infra in a project's folder. */
export function renderIgnoredFiles(): string {
  return `# State, and the passphrase of its secrets: keep a copy of both elsewhere.
.lor-infra/
# Plain \`pulumi stack init prod\` writes a Pulumi.prod.yaml, which nothing reads. The settings are the pairs of profiles.
/Pulumi.*.yaml
!/Pulumi.normal.yaml
!/Pulumi.rush.yaml
!/Pulumi.*.normal.yaml
!/Pulumi.*.rush.yaml
`;
}
