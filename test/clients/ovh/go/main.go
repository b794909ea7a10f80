// Calls OVHcloud's API twice through go-ovh, the second time when a line has come in, and says what it was answered.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/ovh/go-ovh/ovh"
)

func main() {
	client, err := ovh.NewClient(os.Getenv("ENDPOINT"), os.Getenv("KEY"), os.Getenv("SECRET"), os.Getenv("CONSUMER"))
	if err != nil {
		panic(err)
	}
	input := bufio.NewReader(os.Stdin)
	for range 2 {
		tell(client)
		if _, err := input.ReadString('\n'); err != nil {
			return
		}
	}
}

func tell(client *ovh.Client) {
	var projects []string
	said := map[string]any{}
	if err := client.Get("/cloud/project", &projects); err == nil {
		said["answer"] = projects
	} else if refused, ok := err.(*ovh.APIError); ok {
		said["status"], said["message"] = refused.Code, refused.Message
	} else {
		said["connected"] = false
	}
	line, _ := json.Marshal(said)
	fmt.Println(string(line))
}
