// Command pulumi-resource-openstack is the real Terraform OpenStack provider as a plugin of the Pulumi engine: the version that
// @pulumi/openstack wraps, with the resources and functions of served.json.
//
// Besides serving the engine it prints, as JSON, what it says of itself: `pulumi-resource-openstack schema` (resources) and `… functions`.
package main

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

func main() {
	what := ""
	if len(os.Args) == 2 {
		what = os.Args[1]
	}
	switch what {
	case "schema":
		print(resourceSchemas(describe()))
	case "functions":
		print(functionSchemas(describe()))
	default:
		// The engine reads types from the SDK in the program, never from the plugin's schema.
		tfbridge.Main("openstack", version, describe(), []byte("{}"))
	}
}

func print(value any) {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
}
