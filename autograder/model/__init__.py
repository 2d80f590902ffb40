"""What everybody speaks of."""
