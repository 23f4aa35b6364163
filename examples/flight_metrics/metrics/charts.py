"""The older charts: what they show is in metrics data, each series with its statuses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from resim.metrics.python.metrics import SeriesMetricsData
from resim.metrics.python.metrics_utils import HistogramBucket, MetricImportance, Timestamp
from resim.metrics.python.metrics_writer import ResimMetricsWriter

from .flight import MODES, Flight
from .limits import BATTERY, ERROR, PASSED, Limit, worst

BUCKETS = 20
HIGH, MEDIUM, LOW = (
    MetricImportance.HIGH_IMPORTANCE,
    MetricImportance.MEDIUM_IMPORTANCE,
    MetricImportance.LOW_IMPORTANCE,
)


class Series:
    """Makes the metrics data of a flight, all of them over the same times."""

    def __init__(self, writer: ResimMetricsWriter, flight: Flight) -> None:
        self._writer = writer
        times = [timestamp(second) for second in flight.time]
        self.times = writer.add_series_metrics_data("Time").with_series(
            np.array(times, dtype=object)
        )

    def over_time(self, name: str, values: ArrayLike, unit: str = "") -> SeriesMetricsData:
        """A series with one value for each time."""
        data = self.plain(name, values, unit)
        return data.with_index_data(self.times)

    def plain(self, name: str, values: ArrayLike, unit: str = "") -> SeriesMetricsData:
        """A series on its own."""
        data = self._writer.add_series_metrics_data(name).with_series(np.asarray(values))
        return data.with_unit(unit) if unit else data


def timestamp(seconds: float) -> Timestamp:
    """Seconds as the SDK wants them."""
    nanos = round(seconds * 1e9)
    return Timestamp(secs=nanos // 1_000_000_000, nanos=nanos % 1_000_000_000)


def add_charts(writer: ResimMetricsWriter, flight: Flight, series: Series) -> None:
    """Add all of them."""
    passed = np.full(len(flight.time), PASSED, dtype=object)
    fine = series.over_time("All passed", passed)
    add_height(writer, flight, series, fine)
    add_battery(writer, flight, series)
    add_modes(writer, flight, series, fine)
    add_times(writer, flight, series)
    add_deviations(writer, flight, series)


def add_height(
    writer: ResimMetricsWriter, flight: Flight, series: Series, fine: SeriesMetricsData
) -> None:
    """Doubles over time: two series, with a limit for each."""
    ceiling = Limit(warn=flight.ceiling, block=np.inf)
    heights = ceiling.statuses(flight.place[:, 2])
    height = series.over_time("Flown height", flight.place[:, 2], "m")
    plan = series.over_time("Planned height", flight.plan[:, 2], "m")
    (
        writer.add_double_over_time_metric("Height")
        .with_description("Above the start, as planned and as flown; the geofence is its ceiling.")
        .append_doubles_over_time_data(height, "flown")
        .append_statuses_over_time_data(series.over_time("Height statuses", heights))
        .append_doubles_over_time_data(plan, "planned")
        .append_statuses_over_time_data(fine)
        .with_failure_definitions([ceiling.definition(), ceiling.definition()])
        .with_start_time(timestamp(flight.time[0]))
        .with_end_time(timestamp(flight.time[-1]))
        .with_y_axis_name("height [m]")
        .with_status(worst(heights))
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_battery(writer: ResimMetricsWriter, flight: Flight, series: Series) -> None:
    """A line plot over the way, and a double summary: one value of its series."""
    statuses = BATTERY.statuses(flight.battery)
    charge = series.over_time("Charge", flight.battery, "%")
    charge_statuses = series.over_time("Charge statuses", statuses)
    (
        writer.add_line_plot_metric("Battery")
        .with_description("What is left in the battery on the way.")
        .append_series_data(series.over_time("Way", flight.distance, "m"), charge, "charge")
        .append_statuses_data(charge_statuses)
        .with_x_axis_name("way [m]")
        .with_y_axis_name("charge [%]")
        .with_status(worst(statuses))
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )
    (
        writer.add_double_summary_metric("Charge at landing")
        .with_description("What is left in the battery at the end.")
        .with_value_data(charge)
        .with_status_data(charge_statuses)
        .with_index(flight.time.size - 1)
        .with_failure_definition(BATTERY.definition())
        .with_status(statuses[-1])
        .with_importance(HIGH)
        .with_should_display(True)
        .with_blocking(True)
    )


def add_modes(
    writer: ResimMetricsWriter, flight: Flight, series: Series, fine: SeriesMetricsData
) -> None:
    """States over time."""
    modes = series.over_time("Mode", flight.modes)
    (
        writer.add_states_over_time_metric("Flight mode")
        .with_description("What the drone was doing.")
        .append_states_over_time_data(modes, "mode")
        .append_statuses_over_time_data(fine)
        # The SDK asks for sets, and takes lists, which keep the order of a flight.
        .with_states_set(list(MODES))
        .with_failure_states([])
        .with_status(PASSED)
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_times(writer: ResimMetricsWriter, flight: Flight, series: Series) -> None:
    """A bar chart: a bar for each mode."""
    names = series.plain("Modes", MODES)
    times = series.plain("Time by mode", [flight.seconds_in(mode) for mode in MODES], "s")
    by_mode = series.plain("Statuses by mode", np.full(len(MODES), PASSED, dtype=object))
    (
        writer.add_bar_chart_metric("Time in modes")
        .with_description("How the flight's time was spent.")
        .append_values_data(times.with_index_data(names), "time")
        .append_statuses_data(by_mode.with_index_data(names))
        .with_x_axis_name("mode")
        .with_y_axis_name("time [s]")
        .with_stack_bars(False)
        .with_status(PASSED)
        .with_importance(LOW)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_deviations(writer: ResimMetricsWriter, flight: Flight, series: Series) -> None:
    """A histogram: how often the drone is how far off its plan."""
    statuses = ERROR.statuses(flight.error)
    width = 0.05 * int(np.floor(flight.error.max() / BUCKETS / 0.05) + 1)
    edges = width * np.arange(BUCKETS + 1)
    (
        writer.add_histogram_metric("Deviations")
        .with_description("How far off its plan the drone is, sample by sample.")
        .with_values_data(series.over_time("Deviation", flight.error, "m"))
        .with_statuses_data(series.over_time("Deviation statuses", statuses))
        .with_buckets([HistogramBucket(low, high) for low, high in pairwise(edges)])
        .with_lower_bound(0.0)
        .with_upper_bound(float(edges[-1]))
        .with_x_axis_name("deviation [m]")
        .with_status(worst(statuses))
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )
