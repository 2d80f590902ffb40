"""What ends up on somebody's screen or in a spreadsheet: scripts, pictures, and names of students."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostile.case import ALL, Case, cheat, code, find, honest, prose, put, submission, wrong

if TYPE_CHECKING:
    from nbformat import NotebookNode

SCRIPT = "<script>window.HOSTILE = 1</script>"
TAGS = (
    f'{SCRIPT}<img src="x" onerror="window.HOSTILE = 1"><svg onload="window.HOSTILE = 1"><details open '
    'ontoggle="window.HOSTILE = 1"><iframe srcdoc="&lt;script&gt;parent.HOSTILE = 1&lt;/script&gt;"></iframe>'
    '<a href="javascript:window.HOSTILE = 1">x</a><form action="/formgrader/api/submission" method="post"></form>'
    '<meta http-equiv="refresh" content="0;url=javascript:window.HOSTILE=1"><base href="http://127.0.0.1:9/">'
    "</textarea></pre></div></body><style>body { display: none }</style><link rel=stylesheet href=//127.0.0.1:9/x>"
)
MARKDOWN = f"""
# A note {TAGS}

[a link](javascript:window.HOSTILE=1) ![x](x"onerror="window.HOSTILE=1) $\\href{{javascript:window.HOSTILE=1}}{{x}}$

```html
{SCRIPT}
```
<!-- --!> {SCRIPT} -->
"""
SHOWS = f"""
    from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display

    tags = {TAGS!r}
    display(HTML(tags), Javascript("window.HOSTILE = 1"), Markdown(tags), Latex("$" + tags + "$"))
    display({{"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='window.HOSTILE = 1'></svg>"}}, raw=True)
    display({{"application/vnd.jupyter.widget-view+json": {{"model_id": "x"}}, "text/html": tags}}, raw=True)
    display({{"image/png": '"><script>window.HOSTILE = 1</script>', "text/latex": tags}}, raw=True)
    print(tags)
    """
MAGICS = (
    "%%javascript\nwindow.HOSTILE = 1",
    f"%%html\n{TAGS}",
    "%%svg\n<svg onload='window.HOSTILE = 1'></svg>",
    "%%latex\n\\href{javascript:window.HOSTILE=1}{x}",
)


def old_outputs(notebook: NotebookNode) -> None:
    """Outputs, attachments, widget state and metadata that were in the file when it was handed in."""
    data = {"text/html": TAGS, "application/javascript": "window.HOSTILE = 1", "text/plain": TAGS}
    cell = find(notebook, "ex-embed")
    cell.execution_count = 1
    cell.outputs = [
        {"output_type": "display_data", "data": data, "metadata": {}},
        {"output_type": "error", "ename": SCRIPT, "evalue": TAGS, "traceback": [TAGS]},
    ]
    note = prose("![x](attachment:x.svg)")
    note.attachments = {"x.svg": {"image/svg+xml": TAGS, "text/html": TAGS}}
    put("ex-embed", note)(notebook)
    state = {"x": {"model_name": "HTMLModel", "model_module": "@jupyter-widgets/controls", "state": {"value": TAGS}}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2}}
    notebook.metadata["title"] = notebook.metadata["authors"] = SCRIPT


def written_answer(notebook: NotebookNode) -> None:
    find(notebook, "written").source += MARKDOWN


def named(name: str, student: str, what: str) -> Case:
    return honest(name, what, student=student)


CASES = (
    Case(
        "scripts",
        "M",
        "Scripts in Markdown, in the written answer and in fresh outputs: inert, and graded as ever.",
        submission(None, put("ex-embed", prose(MARKDOWN), code(SHOWS)), written_answer),
        inert=True,
    ),
    Case(
        "scripts_by_magic", "M", "Scripts by magics.", submission(None, put("ex-embed", *map(code, MAGICS))), inert=True
    ),
    Case(
        "scripts_in_the_file",
        "M",
        "Scripts in old outputs, attachments, widget state and metadata.",
        submission(None, old_outputs),
        inert=True,
    ),
    cheat(
        "script_in_error",
        "embed",
        "Scripts in the name, the text and the notes of an error.",
        inside=f"error = type({SCRIPT!r}, (Exception,), {{}})({TAGS!r})\nerror.add_note({SCRIPT!r})\nraise error",
        inert=True,
    ),
    cheat(
        "script_in_code",
        "encode",
        "Scripts in comments, names of keys and the result.",
        before=f"# {TAGS}",
        result=repr([SCRIPT, {SCRIPT: SCRIPT}]),
        inert=True,
    ),
    Case(
        "template_in_text",
        "M",
        "Text in the languages of templates: shown as it is, and evaluated nowhere.",
        submission(
            {
                "encode": wrong(
                    "encode", 'raise ValueError("{{ 7 * 191 }} {% raise %} ${7 * 191} %(x)s {0.x} <%= 7 * 191 %>")'
                )
            },
            put("ex-embed", prose("{{ 7 * 191 }} {% include '/etc/passwd' %} ${7*191}")),
        ),
        ("encode",),
        frozenset({"failed"}),
    ),
    Case(
        "keras_where_by_hand",
        "M",
        "keras.layers.SimpleRNN where the exercise says by hand: right, and flagged for review.",
        submission(
            {
                "rnn_forward": """
             def rnn_forward(x, h_0, W_xh, W_hh, b_h, mask=None):
                 if mask is None:
                     layer = keras.layers.SimpleRNN(len(b_h), return_sequences=True, dtype="float64")
                     layer.build(x.shape)
                     layer.set_weights([W_xh, W_hh, b_h])
                     return layer(np.asarray(x, "float64"), initial_state=np.asarray(h_0, "float64"))
                 h, states = h_0, []
                 for t in range(x.shape[1]):
                     h = np.where(mask[:, t, None], rnn_step(x[:, t], h, W_xh, W_hh, b_h), h)
                     states.append(h)
                 return np.stack(states, axis=1)
             """
            }
        ),
        ("rnn_forward",),
        frozenset({"passed"}),
        flag="SimpleRNN",
        seconds=5,
    ),
    named(
        "name_formula",
        '=HYPERLINK("mailto:x@example.org","see my grade")',
        "The student's name is a formula: full credit, and safe in every CSV.",
    ),
    named(
        "name_command", "-2+3+cmd|' -C calc'!A0", "The name begins with a minus and holds a command of a spreadsheet."
    ),
    named("name_at", "@SUM(1+1)*cmd", "The name begins with an at sign."),
    named("name_script", '<img src=x onerror="window.HOSTILE=1">', "The name is HTML."),
    named("name_shell", "$(touch hostile-ran); `id` & #'\"", "The name holds what a shell would run."),
    named("name_option", "--help", "The name reads like an option of a command."),
    named(
        "name_right_to_left",
        "\u202enadnarg\u202c \u05d3\u05e0\u05d4 e\u0301",
        "The name turns the direction of writing.",
    ),
    named(
        "name_traversal", "..%2f..\\..\\gradebook", "The name is a path out of the folder, in the spelling of others."
    ),
    named("name_sql", "Robert'); DROP TABLE student;--", "The name holds SQL."),
    named("name_percent", "%s%n{0}{student_id}*[a-z]?", "The name holds format specifiers and wildcards."),
    Case(
        "name_newline",
        "J",
        "The name holds a line break and a tab, which no archive of an LMS can hold: refused by name.",
        submission(),
        ALL,
        student="two\nlines\tand a tab",
    ),
)
