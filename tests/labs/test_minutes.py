"""The minutes that a lab names are what its parts add up to."""

import re

from autograder.model.cells import kind
from autograder.model.lab import Lab

WORDS = 200  # read in a minute
PREDICTION = 3  # minutes for an experiment: to predict, to run it, to look, to write a sentence
NEAR = 5  # minutes by which a rounded number may be off
LAB1 = Lab("lab1_rnn")


def parts(lab):
    """Minutes of each part: its text, its exercises, its experiments; "" is what stands before the first."""
    found, part = {"": 0.0}, ""
    for cell in lab.notebook.cells:
        if cell.cell_type == "markdown":
            heading = re.search(r"^## Part (\d+)", cell.source, flags=re.MULTILINE)
            part = heading[1] if heading else part
            found.setdefault(part, 0.0)
            text = re.sub(r"### BEGIN MARK SCHEME.*?### END MARK SCHEME", "", cell.source, flags=re.DOTALL)
            found[part] += len(text.split()) / WORDS + PREDICTION * text.count("**My prediction:**")
        if kind(cell) == "exercise":
            found[part] += int(re.search(r"# Exercise .*\((\d+) minutes", cell.source)[1])
        if kind(cell) == "written":
            found[part] += int(re.search(r"about (\d+) minutes", cell.source)[1])
    return found


def prose(lab):
    return "\n".join(cell.source for cell in lab.cells("prose"))


def said(lab):
    """The minutes in the table at the top: part -> minutes."""
    return {row[1]: int(row[2]) for row in re.finditer(r"^\| (\d+)\. .*\| (\d+) \| \d+ \|$", prose(lab), re.MULTILINE)}


def test_the_minutes_of_each_part_add_up():
    computed = parts(LAB1)
    for part, minutes in said(LAB1).items():
        assert abs(minutes - computed[part]) <= NEAR, (part, minutes, computed)


def test_the_sittings_are_what_they_say():
    first, second = map(int, re.search(r"one of (\d+) minutes, one of (\d+)\*\*", prose(LAB1)).groups())
    minutes = said(LAB1)
    assert first == sum(minutes[part] for part in "123") + 5  # and the text before Part 1
    assert abs(parts(LAB1)[""] - 5) <= 3
    assert second == minutes["4"] + minutes["5"]


def test_the_core_path_has_the_points_that_it_says():
    text = " ".join(prose(LAB1).split())
    path = re.search(r"The core path is Part 1, Exercises ([\d., and]+?), and the experiments", text)[1]
    wanted = set(re.findall(r"\d\.\d", path))
    points, number = 0, ""
    for cell in LAB1.cells("exercise", "check"):
        if kind(cell) == "exercise":
            number = re.search(r"# Exercise (\d\.\d)", cell.source)[1]
        elif number in wanted or number.startswith("1."):
            points += cell.metadata["nbgrader"]["points"]
    assert points == int(re.search(r"(\d+) of the 100 points", text)[1])
    assert points >= 50
