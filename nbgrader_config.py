"""nbgrader's configuration: every `nbgrader` command, and formgrader, works on this checkout as it stands."""

import os
from pathlib import Path

from autograder.author.build import configure
from autograder.base.files import is_shared, make_course, private

c = get_config()

ROOT = Path(__file__).resolve().parent
# One class: not in git, readable by its owner only, or by the group that AUTOGRADER_GROUP names when it is made (or to
# which its owner gives it: chgrp, chmod 2770). Further years or sections have names and lie in courses/.
NAME = os.environ.get("AUTOGRADER_COURSE", "")
FOLDER = f"courses/{NAME}" if NAME else "course"
COURSE = ROOT / FOLDER
make_course(COURSE)

c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.course_id = f"deep-sequence-labs-course-{NAME}" if NAME else "deep-sequence-labs"
c.CourseDirectory.groupshared = is_shared(COURSE)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.submitted_directory = f"{FOLDER}/submitted"
c.CourseDirectory.autograded_directory = f"{FOLDER}/autograded"
c.CourseDirectory.feedback_directory = f"{FOLDER}/feedback"
c.CourseDirectory.solution_directory = f"{FOLDER}/solution"
c.CourseDirectory.source_with_tests_directory = f"{FOLDER}/source_with_tests"
# postgresql+psycopg://user:password@host/database: a gradebook that several people write to at once.
# Where there are several courses, {course} in the address stands for the name of each.
DATABASE = os.environ.get("AUTOGRADER_DATABASE", "").replace("{course}", NAME or "course")
c.CourseDirectory.db_url = DATABASE or f"sqlite:///{COURSE / 'gradebook.db'}"
# Where students hand in on a machine that all share. Without the variable, what the machine's own nbgrader_config.py
# says holds (in /etc/jupyter, or the environment's etc/jupyter), else nbgrader's /usr/local/share/nbgrader/exchange.
if os.environ.get("AUTOGRADER_EXCHANGE"):
    c.Exchange.root = os.environ["AUTOGRADER_EXCHANGE"]
# Collects every attempt; gives out one page for each notebook of a hand-in; one failure stops nobody.
c.ExchangeFactory.collect = "autograder.plugins.Collect"
c.ExchangeFactory.release_feedback = "autograder.plugins.ReleaseFeedback"
c.ExchangeFactory.release_assignment = "autograder.plugins.ReleaseAssignment"
c.NbGrader.logfile = str(COURSE / "nbgrader.log")
if c.CourseDirectory.groupshared:  # before nbgrader makes it, for one person only
    open(c.NbGrader.logfile, "a", opener=private).close()
c.FormgradeExtension.debug = False  # or it tries to show this configuration, which holds classes, and complains

# How a release is made: autograder/author/build.py.
configure(c)

# How a submission is graded: autograder/plugins.py.
c.Autograde.exporter_class = "autograder.plugins.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.CheckCellMetadata"]
c.Autograde.autograde_preprocessors = [
    "autograder.plugins.Examine",
    "autograder.plugins.Save",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Examine.cell_seconds = 30  # how long one cell of a student, or one check, may run
c.Examine.packages = "newest"  # or "colab": Google Colab's packages, for all students (`make colab` installs them)

# What a student gets back: autograder/results/feedback.py, from recorded results.
c.GenerateFeedback.exporter_class = "autograder.plugins.FeedbackExporter"
c.GenerateFeedback.preprocessors = []
