// Prints what terraform-provider-ovh says of itself, as JSON. It is compiled inside of the provider's module, in which it does not lie: see ../schema.ts.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	framework "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/ovh/terraform-provider-ovh/v2/ovh"
)

// What the provider says of one property. A required name that is autoNamed may be left out: Pulumi makes one up. A suppressed one has a rule of its own for what is a change.
// The default of one that is fromEnvironment is a variable's value.
type property struct {
	Pulumi          string `json:"pulumi"`
	Type            string `json:"type"`
	Required        bool   `json:"required,omitempty"`
	AutoNamed       bool   `json:"autoNamed,omitempty"`
	Optional        bool   `json:"optional,omitempty"`
	Computed        bool   `json:"computed,omitempty"`
	FromEnvironment bool   `json:"fromEnvironment,omitempty"`
	Sensitive       bool   `json:"sensitive,omitempty"`
	ForceNew        bool   `json:"forceNew,omitempty"`
	Suppressed      bool   `json:"suppressed,omitempty"`
	Default         any    `json:"default,omitempty"`
	MaxItems        int    `json:"maxItems,omitempty"`
	Block           block  `json:"block,omitempty"`
}

// Terraform's name of a property -> what is said of it.
type block map[string]property

func main() {
	out := map[string]block{}
	resources := ovh.Provider().ResourcesMap
	for _, name := range os.Args[1:] {
		if resource, ok := resources[name]; ok {
			out[name] = towardsPulumi(properties(resource.Schema))
		}
	}
	ctx := context.Background()
	out["ovh_cloud_project_loadbalancer"] = towardsPulumi(attributes(ovh.CloudProjectLoadbalancerResourceSchema(ctx).Attributes))
	out["ovh_cloud_project_storage"] = towardsPulumi(attributes(ovh.CloudProjectRegionStorageResourceSchema(ctx).Attributes))
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(out); err != nil {
		panic(err)
	}
}

// Pulumi makes up a name, and keeps the id apart from the properties.
func towardsPulumi(said block) block {
	delete(said, "id")
	if name, ok := said["name"]; ok && name.Required {
		name.AutoNamed = true
		said["name"] = name
	}
	return said
}

func properties(said map[string]*schema.Schema) block {
	out := block{}
	for name, one := range said {
		entry := property{
			Pulumi:     camel(name),
			Type:       one.Type.String(),
			Required:   one.Required,
			Optional:   one.Optional,
			Computed:   one.Computed,
			Sensitive:  one.Sensitive,
			ForceNew:   one.ForceNew,
			Suppressed: one.DiffSuppressFunc != nil,
			Default:    one.Default,
			MaxItems:   one.MaxItems,
		}
		// A default from the environment: who leaves the property out has it filled in.
		if one.DefaultFunc != nil && one.Required {
			entry.Required, entry.Optional, entry.Computed, entry.FromEnvironment = false, true, true, true
		}
		if nested, ok := one.Elem.(*schema.Resource); ok {
			entry.Block = properties(nested.Schema)
		}
		out[name] = entry
	}
	return out
}

// The two types that are made with the newer plugin framework.
func attributes(said map[string]framework.Attribute) block {
	out := block{}
	for name, one := range said {
		kind := reflect.TypeOf(one).Name()
		entry := property{
			Pulumi:    camel(name),
			Type:      strings.TrimSuffix(kind, "Attribute"),
			Required:  one.IsRequired(),
			Optional:  one.IsOptional(),
			Computed:  one.IsComputed(),
			Sensitive: one.IsSensitive(),
			ForceNew:  replaces(one),
		}
		switch nested := one.(type) {
		case framework.SingleNestedAttribute:
			entry.MaxItems = 1
			entry.Block = attributes(nested.Attributes)
		case framework.ListNestedAttribute:
			entry.Block = attributes(nested.NestedObject.Attributes)
		}
		out[name] = entry
	}
	return out
}

func replaces(one framework.Attribute) bool {
	modifiers := reflect.ValueOf(one).FieldByName("PlanModifiers")
	for index := 0; modifiers.IsValid() && index < modifiers.Len(); index++ {
		if strings.Contains(strings.ToLower(fmt.Sprintf("%T", modifiers.Index(index).Interface())), "requiresreplace") {
			return true
		}
	}
	return false
}

func camel(name string) string {
	first, rest, _ := strings.Cut(name, "_")
	for _, word := range strings.Split(rest, "_") {
		if word != "" {
			first += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return first
}
