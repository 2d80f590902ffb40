"""Part 4 of lab 4, DNA: its hints. What comes in and goes out are arrays: nothing runs on the student's side."""
