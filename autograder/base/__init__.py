"""What every stage uses: errors, files, text, times."""
