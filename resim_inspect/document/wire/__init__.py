"""The bytes of a metrics.binproto: scanning, cutting and reading them piece by piece."""
