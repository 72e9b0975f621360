"""Health: what the machine and the sources are doing, measured by a job and shown with the moment of measuring."""
