"""The instructor's pipeline: builds the labs, grades what students hand in, reports."""
