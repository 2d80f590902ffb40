"""Part 5 of lab 4, captions: what runs on the student's side, and the hints; a scripted model says what is next."""
