"""JSON documents of both programs: their schemas, and windows on long ones."""
