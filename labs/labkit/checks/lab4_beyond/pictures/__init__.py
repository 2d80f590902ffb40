"""Part 2 of lab 4, pictures: what runs on the student's side, and the hints; a graph that does not know the batch."""
