"""Part 1 of lab 4, tweets: what runs on the student's side, and the hints; a table of counts may be of floats."""
