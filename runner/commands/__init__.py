"""One module a command of resim-runner; each is imported when it is called."""

from __future__ import annotations

PROGRAM = "resim-runner"
COMMANDS = {
    "job": "run a metrics build on one job's inputs",
    "run": "run a metrics build on every job of a workspace, then on the batch",
    "batch": "run a metrics build in batch mode on jobs that have their metrics",
    "report": "run a metrics build in report mode on the batches of workspaces",
    "status": "show every job of a workspace with its outcome, also while a run is under way",
    "logs": "print the logs of builds, and follow them",
    "stop": "stop a run that is under way, or some of its jobs",
    "shell": "open a shell in a build's image, with a job's inputs where the build has them",
    "serve": "serve a workspace by a stub of ReSim's API, to develop a batch mode",
    "fetch": "download a batch of the cloud as a workspace",
    "demo": "run an example build on generated flights, and open the inspector on the result",
    "init": "write a resim.toml for a folder, by what is in it",
    "config": "show the settings that are in force, and where each comes from",
    "clean": "list what earlier runs left behind, and remove it",
    "doctor": "check the engine, the image and leftovers of earlier runs",
    "completion": "print the script that completes words in a shell",
}
WITHOUT_PROJECT = {"demo", "init", "config", "completion"}
"""Commands that take no defaults from the project file."""
