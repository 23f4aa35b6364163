"""The open screen: recent files, detection of paths, requests to open."""
