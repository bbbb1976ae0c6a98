{{/*
Lays the values over a NetworkPolicy of manifests/base/network.yaml, in place: the blocks of the API
server, of which "all addresses" leaves out the pods' networks of its family; Prometheus' namespace.
*/}}
{{- define "pedigree.network" -}}
{{- range $rule := .object.spec.ingress -}}
{{- $sources := list -}}
{{- range $source := $rule.from -}}
{{- if $source.ipBlock -}}
{{- range $block := $.values.apiServerNetworks -}}
{{- $sources = append $sources (dict "ipBlock" (include "pedigree.block" (dict "block" $block "pods" $.values.podNetworks) | fromYaml)) -}}
{{- end -}}
{{- else -}}
{{- if eq (dig "namespaceSelector" "matchLabels" "kubernetes.io/metadata.name" "" $source) "monitoring" -}}
{{- $_ := set $source.namespaceSelector.matchLabels "kubernetes.io/metadata.name" $.values.monitoringNamespace -}}
{{- end -}}
{{- $sources = append $sources $source -}}
{{- end -}}
{{- end -}}
{{- $_ := set $rule "from" $sources -}}
{{- end -}}
{{- end -}}

{{- define "pedigree.block" -}}
{{- $except := list -}}
{{- range .pods -}}
{{- if and (hasSuffix "/0" $.block) (eq (contains ":" .) (contains ":" $.block)) -}}
{{- $except = append $except . -}}
{{- end -}}
{{- end -}}
cidr: {{ .block | quote }}
{{ with $except }}except: {{ toJson . }}{{ end }}
{{- end -}}
