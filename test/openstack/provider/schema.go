package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

// What the provider says of one property: its name towards Pulumi, whether it must, may or cannot be set, and whether a change of it makes a
// new resource (forceNew). A required name that is autoNamed may be left out: the bridge makes one up. Nested blocks are under "block".
type property struct {
	Pulumi    string `json:"pulumi"`
	Type      string `json:"type"`
	Required  bool   `json:"required,omitempty"`
	AutoNamed bool   `json:"autoNamed,omitempty"`
	Optional  bool   `json:"optional,omitempty"`
	Computed  bool   `json:"computed,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"`
	ForceNew  bool   `json:"forceNew,omitempty"`
	Default   any    `json:"default,omitempty"`
	MaxItems  int    `json:"maxItems,omitempty"`
	Block     block  `json:"block,omitempty"`
}

// Terraform's name of a property -> what is said of it.
type block map[string]property

func resourceSchemas(provider tfbridge.ProviderInfo) map[string]block {
	said := openstack.Provider().ResourcesMap
	out := map[string]block{}
	for name, resource := range provider.Resources {
		out[name] = properties(said[name].Schema, provider.P.ResourcesMap().Get(name).Schema(), resource.Fields)
	}
	return out
}

func functionSchemas(provider tfbridge.ProviderInfo) map[string]block {
	said := openstack.Provider().DataSourcesMap
	out := map[string]block{}
	for name, function := range provider.DataSources {
		out[name] = properties(said[name].Schema, provider.P.DataSourcesMap().Get(name).Schema(), function.Fields)
	}
	return out
}

// The bridge names properties by its own view of the same schema.
func properties(said map[string]*schema.Schema, seen shim.SchemaMap, infos map[string]*tfbridge.SchemaInfo) block {
	out := block{}
	for name, one := range said {
		info := infos[name]
		entry := property{
			Pulumi:    tfbridge.TerraformToPulumiNameV2(name, seen, infos),
			Type:      one.Type.String(),
			Required:  one.Required,
			AutoNamed: info != nil && info.Default != nil && info.Default.AutoNamed,
			Optional:  one.Optional,
			Computed:  one.Computed,
			Sensitive: one.Sensitive,
			ForceNew:  one.ForceNew,
			Default:   one.Default,
			MaxItems:  one.MaxItems,
		}
		if nested, ok := one.Elem.(*schema.Resource); ok {
			entry.Block = properties(nested.Schema, seen.Get(name).Elem().(shim.Resource).Schema(), nil)
		}
		out[name] = entry
	}
	return out
}
