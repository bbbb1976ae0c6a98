{{/*
What the chart installs stands in manifests/ (docs/decisions/0018-the-chart-reads-the-manifests.md).
Here its objects are read and put into the release: namespace, labels.
*/}}

{{/* The documents of a file below manifests/, as a list under the key "objects". */}}
{{- define "pedigree.read" -}}
{{- $objects := list -}}
{{- $text := .root.Files.Get (printf "files/manifests/%s" .file) | replace "pedigree-system" .root.Release.Namespace -}}
{{- if not $text -}}
{{- fail (printf "manifests/%s is not in the chart: package it from a checkout, where files/manifests is a link" .file) -}}
{{- end -}}
{{- range $document := regexSplit "(?m)^---$" $text -1 -}}
{{- $object := fromYaml $document -}}
{{- if hasKey $object "Error" -}}{{- fail (printf "manifests/%s: %s" $.file $object.Error) -}}{{- end -}}
{{- $_ := include "pedigree.label" (dict "root" $.root "object" $object) -}}
{{- $objects = append $objects $object -}}
{{- end -}}
{{- toYaml (dict "objects" $objects) -}}
{{- end -}}

{{/* Never on a selector or a pod: those stay as they are in every version. In place. */}}
{{- define "pedigree.label" -}}
{{- $labels := .object.metadata.labels | default dict -}}
{{- $_ := set .object.metadata "labels" (merge (dict) $labels (include "pedigree.labels" .root | fromYaml)) -}}
{{- end -}}

{{- define "pedigree.labels" -}}
{{- $labels := dict
      "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_")
      "app.kubernetes.io/part-of" "pedigree"
      "app.kubernetes.io/instance" .Release.Name
      "app.kubernetes.io/version" .Chart.AppVersion
      "app.kubernetes.io/managed-by" .Release.Service -}}
{{- merge $labels (.Values.commonLabels | default dict) | toYaml -}}
{{- end -}}

{{/* A file as it is, but for namespace and labels. */}}
{{- define "pedigree.file" -}}
{{- range (include "pedigree.read" . | fromYaml).objects }}
---
{{ toYaml . }}
{{- end }}
{{- end -}}
