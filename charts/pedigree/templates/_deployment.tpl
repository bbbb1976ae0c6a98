{{/* Lays the values over the Deployment of manifests/base/operator.yaml: {root, object}, in place. */}}
{{- define "pedigree.deployment" -}}
{{- $values := .root.Values -}}
{{- $template := .object.spec.template -}}
{{- $pod := $template.spec -}}
{{- $_ := set .object.spec "replicas" (int $values.replicas) -}}
{{- $annotations := dict "pedigree.dev/configuration" (include "pedigree.configuration" .root | sha256sum | trunc 16) -}}
{{- $_ := set $template.metadata "annotations" (merge $annotations ($values.podAnnotations | default dict)) -}}
{{- $_ := set $template.metadata "labels" (merge (dict) $template.metadata.labels ($values.podLabels | default dict)) -}}
{{- range $container := $pod.containers -}}
{{- $_ := set $container "image" (include "pedigree.image" $.root) -}}
{{- $_ := set $container "resources" ((index $values $container.name).resources | default dict) -}}
{{- if ne $values.logLevel "info" -}}
{{- $_ := set $container "command" (concat $container.command (list "--log-level" $values.logLevel)) -}}
{{- end -}}
{{- end -}}
{{- range $volume := $pod.volumes -}}
{{- if $volume.secret -}}
{{- $_ := set $volume.secret "secretName" (index $values.secrets (camelcase (replace "-" "_" $volume.name) | untitle)) -}}
{{- else if eq $volume.name "scratch" -}}
{{- $_ := set $volume.emptyDir "sizeLimit" $values.worker.scratchSize -}}
{{- end -}}
{{- end -}}
{{- if not $values.fixedUser -}}
{{- $_ := set $pod "securityContext" (omit $pod.securityContext "runAsUser" "runAsGroup" "fsGroup") -}}
{{- end -}}
{{- with $values.imagePullSecrets -}}
{{- $references := list -}}
{{- range . -}}{{- $references = append $references (dict "name" .) -}}{{- end -}}
{{- $_ := set $pod "imagePullSecrets" $references -}}
{{- end -}}
{{- range $field := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" -}}
{{- with index $values $field -}}{{- $_ := set $pod $field . -}}{{- end -}}
{{- end -}}
{{- end -}}
