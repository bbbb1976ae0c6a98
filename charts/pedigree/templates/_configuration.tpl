{{/* The image, which everything needs. */}}
{{- define "pedigree.image" -}}
{{- required "image: name pedigree's own image by digest, registry.example.com/pedigree/pedigree@sha256:...; docs/operate/install.md says how to build and push one" .Values.image -}}
{{- end -}}

{{/* config.json: platform and namespaces as the operator reads them. */}}
{{- define "pedigree.configuration" -}}
{{- $defaults := include "pedigree.platform" (deepCopy .Values.platform) | fromYaml -}}
{{- $_ := set $defaults "podImage" (include "pedigree.image" .) -}}
{{- $next := "; docs/operate/install.md has an example" -}}
{{- $_ := required (print "platform.registry.pushHost: the registry that images are pushed to" $next) $defaults.registry.host -}}
{{- $_ := required (print "platform.indexUrl: the package index that wheels come from" $next) $defaults.indexUrl -}}
{{- $_ := required (print "platform.artifactStore.endpoint: the S3 that models are kept in" $next) $defaults.artifactStore.endpoint -}}
{{- $_ := required (print "platform.artifactStore.bucket: where models are kept" $next) $defaults.artifactStore.bucket -}}
{{- $namespaces := dict -}}
{{- range $name, $part := .Values.namespaces -}}
{{- $_ := set $namespaces $name (include "pedigree.platform" (deepCopy $part) | fromYaml) -}}
{{- end -}}
{{- toPrettyJson (dict "defaults" $defaults "namespaces" $namespaces) -}}
{{- end -}}

{{/* The registry's two names, as the operator calls them; numbers stay whole. */}}
{{- define "pedigree.platform" -}}
{{- with .registry -}}
{{- if .pushHost -}}{{- $_ := set . "host" .pushHost -}}{{- end -}}
{{- $_ := unset . "pushHost" -}}
{{- if or (not .pullHost) (eq .pullHost (.host | default "")) -}}{{- $_ := unset . "pullHost" -}}{{- end -}}
{{- end -}}
{{- if not .mlflow -}}{{- $_ := unset . "mlflow" -}}{{- end -}}
{{- if hasKey . "keepFinishedPodsSeconds" -}}
{{- $_ := set . "keepFinishedPodsSeconds" (int64 .keepFinishedPodsSeconds) -}}
{{- end -}}
{{- toYaml . -}}
{{- end -}}
