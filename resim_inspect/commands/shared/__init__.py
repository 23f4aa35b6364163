"""Console, jobs and schemas as several commands use them."""
