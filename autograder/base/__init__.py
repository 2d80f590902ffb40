"""What every stage uses and none owns: errors, files, times, text, the seed of hidden cases, text made safe to show.

In: plain values and paths; nothing of ours is imported here.
Out: the same in a form that people, tables and pages can have, or an error in one sentence for a person.
"""
