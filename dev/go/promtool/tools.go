//go:build tools

// Package tools pins the program that dev/steps/binaries.sh builds here.
package tools

import _ "github.com/prometheus/prometheus/cmd/promtool"
