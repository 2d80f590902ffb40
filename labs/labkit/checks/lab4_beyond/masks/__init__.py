"""Part 3 of lab 4, masks: what runs on the student's side, and the hints; a scripted score for whole sequences."""
