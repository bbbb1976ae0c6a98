//go:build tools

// Package tools pins the program that dev/steps/binaries.sh builds here beside our own.
package tools

import _ "github.com/google/go-containerregistry/cmd/crane"
