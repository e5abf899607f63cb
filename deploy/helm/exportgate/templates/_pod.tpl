{{/* What workers and the job before them have in common: settings, secrets, and what they may not do. */}}

{{- define "exportgate.sasl" -}}
{{- if hasPrefix "SASL_" .Values.kafka.security.protocol -}}true{{- end -}}
{{- end -}}

{{/* Takes a dictionary of the root and the Secret with the credentials. */}}
{{- define "exportgate.container" -}}
{{- $values := .root.Values -}}
{{- $security := $values.kafka.security -}}
image: {{ printf "%s:%s" $values.image.repository (default .root.Chart.AppVersion $values.image.tag) }}
imagePullPolicy: {{ $values.image.pullPolicy }}
env:
  - name: EXPORTGATE_BROKERS
    value: {{ $values.kafka.brokers | nospace | quote }}
  - name: EXPORTGATE_GROUP
    value: {{ $values.kafka.group | quote }}
  - name: EXPORTGATE_PARTITIONS
    value: {{ $values.kafka.partitions | quote }}
  - name: EXPORTGATE_RESTRICTED_PARTIES
    value: {{ $values.restrictedParties | quote }}
  - name: EXPORTGATE_SECURITY_PROTOCOL
    value: {{ $security.protocol | quote }}
  {{- if include "exportgate.sasl" .root }}
  - name: EXPORTGATE_SASL_MECHANISM
    value: {{ $security.mechanism | quote }}
  - name: EXPORTGATE_SASL_USER
    valueFrom:
      secretKeyRef:
        name: {{ .credentials }}
        key: user
  - name: EXPORTGATE_SASL_PASSWORD_FILE
    value: /etc/exportgate/credentials/password
  {{- end }}
  {{- if $security.certificates }}
  - name: EXPORTGATE_SSL_CA
    value: /etc/exportgate/certificates/ca.crt
  {{- end }}
  {{- if $security.clientCertificate }}
  - name: EXPORTGATE_SSL_CERTIFICATE
    value: /etc/exportgate/certificates/tls.crt
  - name: EXPORTGATE_SSL_KEY
    value: /etc/exportgate/certificates/tls.key
  {{- end }}
  {{- range $variable, $value := $values.settings }}
  - name: {{ $variable }}
    value: {{ $value | quote }}
  {{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: data
    mountPath: /var/lib/exportgate
  {{- if include "exportgate.sasl" .root }}
  - name: credentials
    mountPath: /etc/exportgate/credentials
    readOnly: true
  {{- end }}
  {{- if $security.certificates }}
  - name: certificates
    mountPath: /etc/exportgate/certificates
    readOnly: true
  {{- end }}
{{- end -}}

{{- define "exportgate.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: data
    emptyDir:
      sizeLimit: 64Mi
  {{- if include "exportgate.sasl" .root }}
  - name: credentials
    secret:
      secretName: {{ .credentials }}
      defaultMode: 0440
      items:
        - key: password
          path: password
  {{- end }}
  {{- with .root.Values.kafka.security.certificates }}
  - name: certificates
    secret:
      secretName: {{ . }}
      defaultMode: 0440
  {{- end }}
{{- end -}}
