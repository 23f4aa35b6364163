"""Job mode: what one flight was like."""

from __future__ import annotations

import json
import shutil

import numpy as np
from numpy.typing import NDArray
from resim.metrics.python.metrics_utils import MetricImportance
from resim.metrics.python.metrics_writer import ResimMetricsWriter

from .charts import Series, add_charts, timestamp
from .drawing import draw_map
from .flight import MODES, Flight, Inputs, read_flight
from .limits import ERROR, MEAN_ERROR, PASSED, RAW, SPEED

# What batch mode looks for.
MEAN_ERROR_NAME = "Mean deviation"
FLIGHT_TIME_NAME = "Flight time"
HEIGHT_ERROR_NAME = "Height error"

HIGH, MEDIUM, LOW = (
    MetricImportance.HIGH_IMPORTANCE,
    MetricImportance.MEDIUM_IMPORTANCE,
    MetricImportance.LOW_IMPORTANCE,
)


def job_metrics(inputs: Inputs, writer: ResimMetricsWriter) -> None:
    """Add everything that is worth knowing about the flight to the writer."""
    flight = read_flight(inputs)
    series = Series(writer, flight)
    add_numbers(writer, flight)
    add_summary(writer, flight)
    add_track(writer, flight)
    add_pictures(writer, flight, inputs)
    add_charts(writer, flight, series)
    add_events(writer, flight)
    # Data without a metric: nothing shows it here, batch mode merges it over all flights.
    series.over_time(HEIGHT_ERROR_NAME, flight.place[:, 2] - flight.plan[:, 2], "m")


def add_numbers(writer: ResimMetricsWriter, flight: Flight) -> None:
    """Scalars: the ones that decide, and the weight that batch mode needs."""
    mean = float(flight.error.mean())
    (
        writer.add_scalar_metric(MEAN_ERROR_NAME)
        .with_description("How far off its plan the drone is, on average over the flight.")
        .with_value(mean)
        .with_unit("m")
        .with_failure_definition(MEAN_ERROR.definition())
        .with_status(MEAN_ERROR.status(mean))
        .with_importance(HIGH)
        .with_should_display(True)
        .with_blocking(True)
        .with_tag("RESIM_SUMMARY", "1")
    )
    top = float(flight.speed.max())
    (
        writer.add_scalar_metric("Top speed")
        .with_description("The highest speed along the plan.")
        .with_value(top)
        .with_unit("m/s")
        .with_failure_definition(SPEED.definition())
        .with_status(SPEED.status(top))
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )
    (
        writer.add_scalar_metric(FLIGHT_TIME_NAME)
        .with_description("From the first sample of the log to the last.")
        .with_value(flight.duration)
        .with_unit("s")
        .with_status(RAW)
        .with_importance(LOW)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_summary(writer: ResimMetricsWriter, flight: Flight) -> None:
    """A text: the flight in words, as Markdown."""
    mission = flight.mission
    rows = "".join(
        f"| {mode.lower()} | {flight.seconds_in(mode):.1f} s |\n"
        for mode in MODES
        if flight.seconds_in(mode)
    )
    text = (
        f"## {mission['name'].replace('_', ' ')}\n\n"
        f"It flew **{flight.distance[-1]:,.0f} m** in {flight.duration:.0f} s: "
        f"{mission['about']}.\n\n"
        f"- wind: {mission['wind']:.1f} m/s\n"
        f"- pictures: {len(flight.pictures)}\n\n"
        f"| mode | time |\n|---|---|\n{rows}"
    )
    (
        writer.add_text_metric("Flight report")
        .with_description("The flight in words.")
        .with_text(text)
        .with_status(PASSED)
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_track(writer: ResimMetricsWriter, flight: Flight) -> None:
    """A plotly figure: the plan and the flight, seen from above."""

    # A figure is looked at, not measured: a few thousand points are enough for any log.
    step = max(1, len(flight.time) // 2000)

    def trace(name: str, places: NDArray[np.float64], dash: str) -> dict[str, object]:
        return {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [round(float(x), 2) for x in places[::step, 0]],
            "y": [round(float(y), 2) for y in places[::step, 1]],
            "line": {"dash": dash},
        }

    figure = {
        "data": [trace("plan", flight.plan, "dot"), trace("flown", flight.place, "solid")],
        "layout": {
            "title": {"text": "Track"},
            "xaxis": {"title": {"text": "east [m]"}},
            "yaxis": {"title": {"text": "north [m]"}, "scaleanchor": "x"},
        },
    }
    (
        writer.add_plotly_metric("Track")
        .with_description("The plan and the flight, seen from above.")
        .with_plotly_data(json.dumps(figure))
        .with_status(PASSED)
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_pictures(writer: ResimMetricsWriter, flight: Flight, inputs: Inputs) -> None:
    """An image that this build draws, and an image list of what the camera took."""
    draw_map(flight, inputs.outputs / "map.png")
    data = writer.add_external_file_metrics_data("Map file").with_filename("map.png")
    (
        writer.add_image_metric("Map")
        .with_description("Where the drone was off its plan: blue a little, red a lot.")
        .with_image_data(data)
        .with_status(PASSED)
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
    )
    if not flight.pictures:
        return
    files = []
    (inputs.outputs / "camera").mkdir(exist_ok=True)
    for picture in flight.pictures:
        name = f"camera/{picture.name}"
        shutil.copyfile(picture, inputs.outputs / name)
        files.append(writer.add_external_file_metrics_data(name).with_filename(name))
    (
        writer.add_image_list_metric("Camera")
        .with_description("One picture from each waypoint.")
        .with_image_list_data(files)
        .with_status(PASSED)
        .with_importance(LOW)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_events(writer: ResimMetricsWriter, flight: Flight) -> None:
    """Moments of the flight, each with metrics of its own."""
    worst_at = int(flight.error.argmax())
    error = float(flight.error[worst_at])
    deviation = (
        writer.add_scalar_metric("Deviation at its worst")
        .with_description("How far off its plan the drone is at that moment.")
        .with_value(error)
        .with_unit("m")
        .with_failure_definition(ERROR.definition())
        .with_status(ERROR.status(error))
        .with_importance(MEDIUM)
        .with_should_display(True)
        .with_blocking(False)
        .is_event_metric()
    )
    (
        writer.add_event("Furthest off the plan")
        .with_description(f"While in mode {flight.modes[worst_at]}.")
        .with_relative_timestamp(timestamp(flight.time[worst_at]))
        .with_status(ERROR.status(error))
        .with_importance(MEDIUM)
        .with_tags(["deviation", flight.modes[worst_at].lower()])
        .with_metrics([deviation])
    )
    (
        writer.add_event("Landed")
        .with_description("The log ends on the ground.")
        .with_relative_timestamp(timestamp(flight.time[flight.modes.index("LANDED")]))
        .with_status(PASSED)
        .with_importance(LOW)
        .with_tags(["mode"])
        .with_metrics([])
    )
