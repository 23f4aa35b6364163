"""Computations on the points of a chart: statistics, decimation, scales, ticks, readouts."""
