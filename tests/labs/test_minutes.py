"""The minutes that a lab names are what its parts add up to."""

import re

import pytest

from autograder.base.files import ROOT
from autograder.model.cells import kind
from autograder.model.lab import Lab, labs

WORDS = 200  # read in a minute
PREDICTION = 3  # minutes for an experiment: to predict, to run it, to look, to write a sentence
NEAR = 5  # minutes by which a rounded number may be off
LAB1, LAB2, LAB3, LAB4 = (Lab(name) for name in ("lab1_rnn", "lab2_music", "lab3_attention", "lab4_beyond"))
OPTIONAL = "(optional"  # an exercise or experiment that no minutes are for


def parts(lab):
    """Minutes of each part: its text, its exercises, its experiments; "" is what stands before the first."""
    found, part = {"": 0.0}, ""
    for cell in lab.notebook.cells:
        if cell.cell_type == "markdown":
            heading = re.search(r"^## Part (\d+)", cell.source, flags=re.MULTILINE)
            part = heading[1] if heading else part
            found.setdefault(part, 0.0)
            text = re.sub(r"### BEGIN MARK SCHEME.*?### END MARK SCHEME", "", cell.source, flags=re.DOTALL)
            found[part] += len(text.split()) / WORDS
            found[part] += 0 if OPTIONAL in text else PREDICTION * text.count("**My prediction:**")
        if kind(cell) == "exercise" and OPTIONAL not in cell.source.splitlines()[0]:
            found[part] += int(re.search(r"# Exercise .*\((\d+) minutes", cell.source)[1])
        if kind(cell) == "written":
            found[part] += int(re.search(r"about (\d+) minutes", cell.source)[1])
    return found


def prose(lab):
    return "\n".join(cell.source for cell in lab.cells("prose"))


def said(lab):
    """The minutes in the table at the top: part -> minutes."""
    return {row[1]: int(row[2]) for row in re.finditer(r"^\| (\d+)\. .*\| (\d+) \| \d* ?\|$", prose(lab), re.MULTILINE)}


def first_sitting(lab):
    """The minutes of the parts above the place to stop."""
    last = re.search(r"\| (\d+)\. [^\n]*\n\| \*a good place to stop\*", prose(lab))[1]
    return sum(minutes for part, minutes in said(lab).items() if int(part) <= int(last))


def first_points(lab):
    """The points of the checks above the place to stop."""
    points = 0
    for cell in lab.notebook.cells:
        if cell.cell_type == "markdown" and re.search("a good place to stop", cell.source, re.IGNORECASE) and points:
            return points
        if kind(cell) == "check":
            points += cell.metadata["nbgrader"]["points"]
    raise AssertionError(f"{lab.name} has no place to stop.")


@pytest.mark.parametrize("lab", [LAB1, LAB2, LAB3, LAB4], ids=lambda lab: lab.name)
def test_the_minutes_of_each_part_add_up(lab):
    if not any(kind(cell) == "experiment" for cell in lab.notebook.cells):
        pytest.skip("Its experiments are not there yet.")
    computed = parts(lab)
    for part, minutes in said(lab).items():
        assert abs(minutes - computed[part]) <= NEAR, (part, minutes, computed)


@pytest.mark.parametrize(("lab", "one", "other"), [(LAB1, "123", "45"), (LAB2, "12", "345"), (LAB3, "123", "4567")])
def test_the_sittings_are_what_they_say(lab, one, other):
    first, second = map(int, re.search(r"one of (\d+) minutes, one of (\d+)\*\*", prose(lab)).groups())
    minutes = said(lab)
    assert abs(first - sum(minutes[part] for part in one) - 5) <= 2  # and the text before Part 1
    assert abs(parts(lab)[""] - 5) <= 3
    assert second == sum(minutes[part] for part in other)


@pytest.mark.parametrize("lab", [LAB1, LAB2], ids=lambda lab: lab.name)
def test_the_core_path_has_the_points_that_it_says(lab):
    text = " ".join(prose(lab).split())
    path = re.search(r"The core path is ([^:]+?),? and the experiments", text)[1]
    wanted = set(re.findall(r"\d\.\d", path))
    whole = tuple(re.findall(r"Part (\d)", path))
    points, number = 0, ""
    for cell in lab.cells("exercise", "check"):
        if kind(cell) == "exercise":
            number = re.search(r"# Exercise (\d\.\d)", cell.source)[1]
        elif number in wanted or number.startswith(whole):
            points += cell.metadata["nbgrader"]["points"]
    assert points == int(re.search(r"(\d+) of the 100 points", text)[1])
    assert points >= 50


def readme():
    """What the README's table of labs says: number -> all minutes, those of half the time, their points."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    row = r"^\| (\d) [^|]+\|[^|]+\| (\d+) \| [^|]+: (\d+) minutes, (\d+) points \|$"
    return {f"lab{number}": tuple(map(int, more)) for number, *more in re.findall(row, text, re.MULTILINE)}


def test_the_readme_has_the_minutes_of_every_lab():
    found = readme()
    assert found.keys() == {lab.name.partition("_")[0] for lab in labs()}
    for lab in labs():
        minutes, half, points = found[lab.name.partition("_")[0]]
        assert abs(minutes - sum(said(lab).values())) <= NEAR
        if lab in (LAB1, LAB2, LAB4):
            assert f"{points} of the 100 points in about two hours" in " ".join(prose(lab).split())
            assert half == 120
        else:
            assert abs(half - first_sitting(lab)) <= NEAR
            assert points == first_points(lab)


def test_the_readme_adds_them_up():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    all_minutes, half, _ = map(sum, zip(*readme().values(), strict=True))
    assert "All four are some 14 and a half hours of work, the right column is some 8." in text
    assert abs(all_minutes / 60 - 14.5) <= 0.25
    assert abs(half / 60 - 8) <= 0.25
