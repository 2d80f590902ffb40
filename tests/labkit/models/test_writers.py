"""Who is heard: the student's network where it is good enough, else the course's, and why."""

import pytest

from labkit.models import characters, writers

TUNES = ["M:6/8\nL:1/8\nK:Gmaj\n|:GAB c2d|e3 d3:|\n"] * 3


def writer(bits, read, name="the course's network"):
    return writers.Writer(name, None, {}, bits, read)


@pytest.mark.parametrize(
    ("bits", "read", "good"), [(1.6, 0.98, True), (2.0, 0.5, True), (2.01, 0.98, False), (1.6, 0.48, False)]
)
def test_few_bits_and_readable_tunes_are_good_enough(bits, read, good):
    assert writer(bits, read).good is good


def test_without_a_training_the_course_writes_and_says_why(capsys):
    course = writer(1.56, 0.98)
    assert writers.chosen(course, None, None, TUNES) == [course]
    said = capsys.readouterr().out
    assert "From here on the course's network writes: 1.56 bits per character on the test tunes" in said
    assert "Yours does not write yet: the training above has not run." in said


def test_a_network_that_cannot_be_used_does_not_stop_the_lab(capsys):
    course = writer(1.56, 0.98)
    assert writers.chosen(course, object(), {"a": 4}, TUNES) == [course]
    assert "Yours does not write yet: it cannot be used (" in capsys.readouterr().out


def test_a_page_says_who_wrote_it():
    course, mine = writer(1.56, 0.98), writer(1.61, 0.96, "your network")
    assert writers.signed(course, course).startswith("Written by the network that ships with the course, not by one")
    assert writers.signed(mine, course) == (
        "Written by a network that I trained (1.61 bits per character on the test tunes, 96% of its tunes can be read)."
    )


@pytest.mark.slow
def test_an_untrained_network_is_measured_and_does_not_write(capsys):
    ids = characters.vocabulary(TUNES)
    course = writer(1.56, 0.98)
    model = characters.build(len(ids) + characters.FIRST, units=8)
    assert writers.chosen(course, model, ids, TUNES) == [course]
    assert "bits per character on the test tunes" in capsys.readouterr().out.split("Yours does not write yet: ")[1]


def test_a_good_network_of_the_student_writes_first(monkeypatch, capsys):
    mine, course = writer(1.7, 0.9, "your network"), writer(1.56, 0.98)
    monkeypatch.setattr(writers, "judged", lambda *_: mine)
    assert writers.chosen(course, object(), {}, TUNES) == [mine, course]
    assert "from here on it writes, and the course's stands beside it" in capsys.readouterr().out
