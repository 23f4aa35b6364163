"""Summaries of recordings that a build reads: MCAP files and bags of ROS."""
