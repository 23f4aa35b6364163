# The image that metrics builds start from:
#
#     docker build -t resim-metrics .
#
# A build is this image and one module (README.md in examples/flight_metrics tells all):
#
#     FROM resim-metrics
#     COPY metrics.py /app/
#
# Any base with Python 3.11 or newer will do. With wheels in wheelhouse/ nothing else is
# asked for packages, and --network=none works.
ARG BASE_IMAGE=python:3.12-slim

FROM ${BASE_IMAGE} AS packages
ARG OPEN_CORE_VERSION=1.6.0
COPY wheelhouse/ /wheelhouse/
# An environment of its own, since a distribution's Python refuses packages, and without pip,
# which the base has. A base without pip makes one for the while.
RUN set -eu; \
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'; \
    python3 -m venv --without-pip /opt/metrics; \
    pip="python3 -m pip"; \
    if ! $pip --version >/dev/null 2>&1; then python3 -m venv /opt/pip; pip="/opt/pip/bin/python -m pip"; fi; \
    from=""; \
    for wheel in /wheelhouse/*.whl; do \
        if [ -e "$wheel" ]; then from="--no-index --find-links /wheelhouse"; fi; \
    done; \
    $pip --python /opt/metrics/bin/python --no-cache-dir --disable-pip-version-check \
        install --only-binary :all: $from "resim-open-core==${OPEN_CORE_VERSION}"; \
    # Found by a line in the environment, whatever PYTHONPATH says.
    echo /opt/resim >"$(/opt/metrics/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/resim_inspect.pth"; \
    chmod -R a+rX /opt/metrics; \
    mkdir -m 755 /app

FROM packages AS sources
COPY LICENSE /opt/resim/
COPY resim_inspect/ /opt/resim/resim_inspect/
COPY runner/ /opt/resim/runner/
RUN /opt/metrics/bin/python -m compileall -q /opt/resim && chmod -R a+rX /opt/resim

FROM ${BASE_IMAGE}
COPY --from=packages /opt/metrics /opt/metrics
COPY --from=packages /app /app
COPY --from=sources /opt/resim /opt/resim
# PIP_PYTHON: what a build installs with pip goes where it is found.
ENV PATH=/opt/metrics/bin:$PATH \
    PIP_PYTHON=/opt/metrics/bin/python \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
ENTRYPOINT ["/opt/metrics/bin/python", "-m", "runner.inside"]
