"""What leads to a student's kernel: how it is started, what its messages come through, and when it has had its time."""
