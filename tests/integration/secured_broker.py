"""A real Kafka that asks who one is: SASL_SSL with SCRAM, TLS with a certificate, and an authorizer."""
