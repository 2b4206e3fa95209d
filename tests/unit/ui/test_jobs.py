"""Jobs in the background: one a question, one at a time, and a bound on what is kept."""

import time
from threading import Event

from lupus_outcomes.ui.jobs import Job, Jobs

PATIENCE_SECONDS = 10


class Held:
    """Work that goes on until it is let go."""

    def __init__(self, answer="done"):
        self.answer, self.begun, self.goes, self.times = answer, Event(), Event(), 0

    def __call__(self, report):
        self.times += 1
        report(0.25)
        self.begun.set()
        assert self.goes.wait(PATIENCE_SECONDS)
        return self.answer


def wait_for(job: Job) -> Job:
    assert job.finished.wait(PATIENCE_SECONDS)
    return job


def test_the_same_question_runs_once():
    jobs, work = Jobs(), Held()
    first, second = jobs.ask("question", work), jobs.ask("question", work)
    assert first is second
    assert work.begun.wait(PATIENCE_SECONDS)
    assert (first.share, first.is_running, first.is_over) == (0.25, True, False)
    work.goes.set()
    assert wait_for(first).answer == "done"
    assert (first.share, first.is_running, work.times) == (1.0, False, 1)


def test_one_runs_at_a_time():
    jobs, one, other = Jobs(), Held(1), Held(2)
    first = jobs.ask("one", one)
    assert one.begun.wait(PATIENCE_SECONDS)
    second = jobs.ask("other", other)
    other.goes.set()
    assert not second.is_running
    one.goes.set()
    assert (wait_for(first).answer, wait_for(second).answer) == (1, 2)


def test_a_page_has_a_head_start():
    asked = time.monotonic()
    job = Jobs(head_start=0.1).ask("question", lambda report: time.monotonic())
    assert wait_for(job).answer >= asked + 0.1


def test_the_last_asked_is_next():
    jobs, runs, done = Jobs(), Held(), []
    waiting = {"first": jobs.ask("runs", runs)}
    assert runs.begun.wait(PATIENCE_SECONDS)
    for name in ("left", "looked at", "left since"):
        waiting[name] = jobs.ask(name, lambda report, name=name: done.append(name))
    jobs.ask("looked at", str)
    runs.goes.set()
    for job in waiting.values():
        wait_for(job)
    assert done == ["looked at", "left since", "left"]


def test_a_failure_says_its_kind_only_and_can_be_tried_again():
    def fail(report):
        raise ValueError("a value of a patient")

    jobs = Jobs()
    job = wait_for(jobs.ask("question", fail))
    assert (job.failed, job.answer, job.is_over) == ("ValueError", None, True)
    jobs.forget("question")
    assert jobs.look("question") is None
    assert wait_for(jobs.ask("question", lambda report: "better")).answer == "better"


def test_what_runs_is_not_forgotten():
    jobs, work = Jobs(), Held()
    job = jobs.ask("question", work)
    jobs.forget("question")
    assert jobs.look("question") is job
    work.goes.set()
    wait_for(job)


def test_the_longest_unasked_is_let_go():
    jobs = Jobs(kept=2)
    for question in "abacd":
        wait_for(jobs.ask(question, str))
    assert jobs.keys == ("c", "d")
