//go:build tools

// Package tools pins the programs that dev/steps/binaries.sh builds here: what tests the chart.
package tools

import (
	_ "github.com/yannh/kubeconform/cmd/kubeconform"
	_ "helm.sh/helm/v3/cmd/helm"
)
