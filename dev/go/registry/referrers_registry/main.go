// referrers_registry is go-containerregistry's registry, in memory, with the Referrers API that its
// own program leaves off: referrers_registry ADDRESS. It logs each request as a line on stderr.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	handler := registry.New(registry.WithReferrersSupport(true))
	log.Fatal(http.ListenAndServe(os.Args[1], handler))
}
