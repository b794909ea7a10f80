package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	sdk "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

// Of @pulumi/openstack: the engine warns when a plugin says that it is older than the SDK.
const version = "3.15.2"

//go:embed served.json
var servedFile []byte

// Terraform's name of each resource and function that is served -> module and class of the SDK.
type served struct {
	Resources map[string]string `json:"resources"`
	Functions map[string]string `json:"functions"`
}

func readServed() served {
	var out served
	if err := json.Unmarshal(servedFile, &out); err != nil {
		panic(err)
	}
	return out
}

// The SDK's token: compute/Instance is openstack:compute/instance:Instance.
func token(name string) string {
	module, class, _ := strings.Cut(name, "/")
	return fmt.Sprintf("openstack:%s/%s%s:%s", module, strings.ToLower(class[:1]), class[1:], class)
}

// Where the SDK's property is not the one that the bridge would choose. Of two names that differ by an s, the bridge leaves both alone; a list of at most
// one value is a plain value to it.
var chosen = map[string]map[string]*tfbridge.SchemaInfo{
	"openstack_compute_servergroup_v2": {
		"policies": {MaxItemsOne: tfbridge.False()},
	},
	"openstack_networking_subnet_v2": {
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	},
}

func describe() tfbridge.ProviderInfo {
	provider := sdk.NewProvider(openstack.Provider())
	out := tfbridge.ProviderInfo{
		P:           provider,
		Name:        "openstack",
		Version:     version,
		GitHubOrg:   "terraform-provider-openstack",
		Config:      map[string]*tfbridge.SchemaInfo{},
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	named := readServed()
	for name, class := range named.Resources {
		out.Resources[name] = &tfbridge.ResourceInfo{Tok: tokens.Type(token(class)), Fields: chosen[name]}
	}
	for name, function := range named.Functions {
		out.DataSources[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token(function))}
	}
	// The bridge refuses to start with a type that is neither served nor left out on purpose.
	leaveOut := func(served func(string) bool) func(string, shim.Resource) bool {
		return func(name string, _ shim.Resource) bool {
			if !served(name) {
				out.IgnoreMappings = append(out.IgnoreMappings, name)
			}
			return true
		}
	}
	provider.ResourcesMap().Range(leaveOut(func(name string) bool { return named.Resources[name] != "" }))
	provider.DataSourcesMap().Range(leaveOut(func(name string) bool { return named.Functions[name] != "" }))
	out.SetAutonaming(255, "-")
	return out
}
