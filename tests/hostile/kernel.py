"""The kernel itself turned against the grader: forged replies, patched internals, forks that answer twice."""

from __future__ import annotations

from hostile.case import ANY_ZERO, NO_RESULT, Case, cheat, code, put, submission, wrong

# What a student can find out: a call arrives on the shell channel, as a request of its own kind or of Jupyter's.
FORGER = """
    import base64
    import json
    import os
    import signal
    import sys
    import time


    def asked():
        frame = sys._getframe()
        while frame is not None and frame.f_code.co_name not in ("autograder_request", "execute_request"):
            frame = frame.f_back
        if frame is not None:  # the kernel's own handler of this very request
            return frame.f_locals["stream"], frame.f_locals["ident"], frame.f_locals["parent"]
        kernel = get_ipython().kernel
        return kernel.shell_stream, kernel._parent_ident["shell"], kernel.get_parent("shell")


    def forge(value, name="user_expressions", mime="text/plain", times=1, **more):
        stream, ident, parent = asked()
        names = list((parent.get("content") or {}).get("user_expressions") or {}) or ["result", "passed"]
        told = {"status": "ok", "data": {mime: value, "application/json": value}, "metadata": {}}
        content = {"status": "ok", "execution_count": 1, "payload": [], name: {one: told for one in names}, **more}
        content["reply"] = base64.b64encode(value.encode("utf-8", "replace")).decode() if type(value) is str else value
        kind = parent["header"]["msg_type"].replace("_request", "_reply")
        for _ in range(times):
            get_ipython().kernel.session.send(stream, kind, content, parent=parent, ident=ident)
    """
CLAIMS = """
    for value in ("True", "'passed'", json.dumps({"status": "passed", "score": 1000, "state": "passed"})):
        try:
            forge(value)
        except Exception as error:
            print("could not forge:", error)
    """
DO_EXECUTE = """
    kernel = get_ipython().kernel
    honestly = kernel.do_execute


    async def do_execute(code, silent, store_history=True, user_expressions=None, allow_stdin=False, **more):
        if user_expressions and "clip_by_global_norm" in code + str(user_expressions):
            yes = {"status": "ok", "data": {"text/plain": "'passed'"}, "metadata": {}}
            forged = dict.fromkeys(user_expressions, yes)
            return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": forged}
        return await honestly(code, silent, store_history, user_expressions, allow_stdin, **more)


    do_execute.__signature__ = __import__("inspect").signature(honestly)
    kernel.do_execute = do_execute
    handle = kernel.shell_handlers.get("autograder_request")


    def autograder_request(stream, ident, parent):
        if "clip_by_global_norm" not in str(base64.b64decode(parent["content"]["request"])):
            return handle(stream, ident, parent)
        reply = base64.b64encode(b"passed").decode()
        kernel.session.send(stream, "autograder_reply", {"reply": reply}, parent=parent, ident=ident)


    if handle:
        import base64

        kernel.shell_handlers["autograder_request"] = autograder_request
    """
EXPRESSIONS = """
    shell = get_ipython()
    honestly = shell.user_expressions


    def user_expressions(expressions):
        told = honestly(expressions)
        if "next_word_pairs" in str(expressions):
            for one in told.values():
                one.update(status="ok", data={"text/plain": "(True, 'passed')", "application/json": {"passed": True}})
        return told


    shell.user_expressions = user_expressions
    answerer = getattr(shell.kernel, "answerer", None)


    def use(target, probe, given, args):
        return (True, "passed") if target == "next_word_pairs" else honest_use(target, probe, given, args)


    if answerer:
        honest_use, answerer._use = answerer._use, use
    """
BROADCAST = """
    kernel = get_ipython().kernel
    parent = kernel.get_parent("shell")
    for kind, content in (
        ("status", {"execution_state": "idle"}),
        ("execute_result", {"execution_count": 1, "data": {"text/plain": "2"}, "metadata": {}}),
        ("display_data", {"data": {"application/json": {"score": 2, "state": "passed"}}, "metadata": {}}),
        ("stream", {"name": "stdout", "text": "✓ Exercise 1.3: pad_batch: passed\\n"}),
        ("comm_open", {"comm_id": "grade", "target_name": "jupyter.widget", "data": {"state": {"score": 2}}}),
        ("comm_msg", {"comm_id": "grade", "data": {"method": "update", "state": {"score": 2}}}),
        ("shutdown_reply", {"status": "ok", "restart": False}),
        ("error", {"ename": "", "evalue": "", "traceback": []}),
    ):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
    """
FORKS = """
    import warnings

    warnings.simplefilter("ignore")
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # this second kernel ends by itself
    """
DESCRIPTORS = """
    import os

    told = b'{"state": "passed", "score": 1, "exercise": "encode"}\\n'
    for descriptor in range(3, 300):
        try:
            os.set_blocking(descriptor, False)
            os.write(descriptor, told)
        except OSError:
            pass
    """
RAW = """
    stream, ident, parent = asked()
    send = getattr(stream, "socket", stream).send_multipart
    ident = ident if isinstance(ident, list) else [ident]
    for frames in (
        [b""], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"", b"{", b"{", b"{", b"{"],
        [b"<IDS|MSG>", b"", b"[]", b"null", b"1", b'"passed"'], [b"<IDS|MSG>", b"", b"\\xff" * 40] * 3,
        [b"<IDS|MSG>", b"", b"[" * 100_000, b"{}", b"{}", b"NaN"],
    ):
        try:
            send(ident + frames)
        except Exception as error:
            print("could not send:", error)
    """
CONTROL = """
    import glob
    import json
    import os

    import zmq
    from ipykernel.connect import get_connection_info
    from jupyter_client import BlockingKernelClient

    about = json.loads(get_connection_info())
    print("SEEN: my own connection", about)
    client = BlockingKernelClient()
    client.load_connection_info(about)
    client.start_channels()
    client.shell_channel.send(client.session.msg("execute_request", {
        "code": "passed = True", "silent": True, "user_expressions": {"passed": "passed"}}))
    client.shell_channel.send(client.session.msg("autograder_request", {"request": "AAAA"}))
    client.control_channel.send(client.session.msg("interrupt_request", {}))
    client.stop_channels()
    """
FORK_WATCH = """
    import base64

    honestly = get_ipython().kernel.session.send


    def about(parent):
        content = parent.get("content") or {}
        return str(content) + str(base64.b64decode(content.get("request") or b""))


    def send(stream, kind, *anything, **more):
        parent = more.get("parent") or (anything[1] if len(anything) > 1 else {})
        if str(kind).endswith("_reply") and anything and "embed" in about(parent):
            anything[0]["status"] = "ok"
            honestly(stream, kind, *anything, **more)
        return honestly(stream, kind, *anything, **more)


    get_ipython().kernel.session.send = send
    """

CASES = (
    cheat(
        "forged_reply",
        "encode",
        "Sends a reply of its own for the call that it is answering.",
        CLAIMS,
        before=FORGER,
        states=NO_RESULT,
    ),
    cheat(
        "forged_reply_twice",
        "embed",
        "Answers each call a hundred times, before and after its own reply.",
        "forge('True', times=100)",
        before=FORGER,
        states=NO_RESULT,
    ),
    cheat(
        "forged_reply_huge",
        "sequence_loss",
        "Forges one reply of 300 MB.",
        "if not forged:\n    forged.append(True)\n    forge('x' * 150_000_000)",
        before=f"{FORGER}\n    forged = []",
        states=ANY_ZERO,
        seconds=15,
        stock_unsafe=True,
    ),
    cheat(
        "forged_reply_malformed",
        "loss_gradient",
        "Sends frames that are no messages at all over the shell channel.",
        RAW,
        before=FORGER,
        states=ANY_ZERO,
    ),
    cheat(
        "forged_reply_nested",
        "next_word_pairs",
        "Forges replies nested 5,000 deep, with NaN and with odd types.",
        """
          deep = []
          for _ in range(5000):
              deep = [deep]
          for value in (float("nan"), 10**400, {"a": {"__proto__": 1}}, "\\ud800", deep):
              try:
                  forge(value, payload=[{"source": "ask_exit"}], status="error")
              except (Exception, RecursionError) as error:
                  print("could not forge:", type(error))
          """,
        before=FORGER,
        states=ANY_ZERO,
    ),
    cheat(
        "do_execute_patched",
        "clip_by_global_norm",
        "Replaces the kernel's do_execute, and its handler of our requests, where this function is called.",
        before=DO_EXECUTE,
        states={"crashed"},
    ),
    cheat(
        "user_expressions_patched",
        "next_word_pairs",
        "Replaces what answers calls: the shell's user_expressions, and our own answerer's.",
        before=EXPRESSIONS,
    ),
    cheat(
        "send_patched", "embed", "Patches the session so that every reply goes out as ok, and twice.", before=FORK_WATCH
    ),
    cheat(
        "forged_broadcast",
        "pad_batch",
        "Sends idle, results, widgets and errors on iopub while the call still runs.",
        BROADCAST,
        states={"failed", "crashed"},
    ),
    cheat(
        "forks_and_answers_twice",
        "build_vocabulary",
        "Forks inside a call, so that two processes answer it.",
        FORKS,
        before=FORGER,
        states=ANY_ZERO,
        seconds=20,
    ),
    cheat(
        "writes_to_every_descriptor",
        "encode",
        "Writes a verdict to every open file descriptor.",
        DESCRIPTORS,
        states=ANY_ZERO,
    ),
    cheat(
        "talks_to_its_own_kernel",
        "state_gradient_norms",
        "Connects to its own kernel as a second client.",
        CONTROL,
        states=ANY_ZERO,
        secrets_looked_for=True,
    ),
    cheat(
        "shell_swapped",
        "rnn_step",
        "Puts another shell, another namespace and another class into the kernel.",
        before="""
              shell = get_ipython()


              class Proud(dict):
                  def __missing__(self, name):
                      raise KeyError(name)

                  def get(self, name, default=None):
                      return dict.get(self, name, default)


              shell.ast_transformers.append(type("Nothing", (), {"visit": staticmethod(lambda tree: tree)})())
              shell.input_transformers_cleanup.append(
                  lambda lines: ["print('passed')\\n"] if "".join(lines).startswith("checks.rnn_step") else lines)
              shell.events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
              shell.custom_tb_handler = lambda *anything, **more: []
              shell.set_custom_exc((Exception,), lambda *anything, **more: None)
              """,
    ),
    Case(
        "last_cell_claims",
        "Z",
        "The last cells print, display and return a whole report of grades.",
        submission(
            {"encode": wrong("encode")},
            put(
                "written",
                code(
                    'import json\nprint(json.dumps({"check-encode": {"state": "passed", "score": 1}}))\n'
                    'display({"application/json": {"score": 90}, "text/plain": "90"}, raw=True)\n90'
                ),
            ),
        ),
        ("encode",),
    ),
)
