"""One to many: networks that look at a scene and write a sentence, and how they write.

In: scenes of `labkit.vision.scenes`, and shipped or own weights.
Out: four captioners that differ in what they may see, their sentences, where they looked, how exact they are.
"""
