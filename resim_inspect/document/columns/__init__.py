"""Columns of the many small records of a wide file, read with numpy for all records at once.

A record whose bytes have the form that the usual writers give them is read here; any other, valid
or not, is left to protobuf. Both give the same values.
"""
