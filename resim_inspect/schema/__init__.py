"""The schema of metrics.binproto: our own wording, open-core's names and numbers.

`metrics_pb2.py` and `metrics_pb2.pyi` are generated from `metrics.proto` by
`make schema`, with a compiler old enough that protobuf 5.27 and every later
runtime accept the result.
"""
