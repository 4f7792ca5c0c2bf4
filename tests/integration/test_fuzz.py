# SPDX-License-Identifier: GPL-3.0-or-later
"""12,000 requests that nobody would send on purpose, to every address of the contract: none breaks anything."""

import collections

from confabtest import answers
from confabtest.fuzz import Fuzzer
from confabtest.volley import fire
from confabtest.world import NO_LIMITS, World

N_REQUESTS = 12000
ROUND = 500

#: Refusals of HTTP itself. 503 says that it is for a moment only.
HARMLESS_5XX = {501, 503, 505}
LEAK_BYTES = 12 * 1024 * 1024


class Judge:
    """Takes each answer; remembers the first that is wrong with the request that brought it."""

    def __init__(self, seed):
        self.seed = seed
        self.statuses = collections.Counter()
        self.number = 0

    def take(self, request, data):
        self.number += 1
        try:
            self.check(request, data)
        except (AssertionError, ValueError, LookupError) as error:
            raise AssertionError(f"seed {self.seed}, answer {self.number}: {error!r}\nto {request.data[:3000]!r}\n{data[:300]!r}") from None

    def check(self, request, data):
        if data in (b"", answers.CONTINUE):
            assert not request.is_whole, "no answer"
            return
        answer = answers.Answer(data)
        self.statuses[answer.status] += 1
        assert answer.status < 500 or answer.status in HARMLESS_5XX, f"{answer.status}: {answer.body[:1000]!r}"
        if request.is_whole:
            answers.check(request.method, request.text_target, answer)


def test_rest(make_daemon):
    seed = 1
    daemon = make_daemon(env=NO_LIMITS)
    world = World(daemon)
    fuzzer = Fuzzer(seed, world)
    judge = Judge(seed)
    marks = []
    for _ in range(N_REQUESTS // ROUND):
        fire(world.port, (fuzzer.make() for _ in range(ROUND)), judge.take)
        world.renew()
        marks.append((daemon.open_descriptors(), daemon.resident_bytes()))
    assert judge.number == N_REQUESTS
    assert {200, 201, 400, 401, 403, 404, 405} <= set(judge.statuses), judge.statuses
    warm = min(marks[: len(marks) // 3], key=lambda mark: mark[1])
    assert marks[-1][0] <= warm[0] + 2, marks
    # A password that is hashed just then has 64 MiB for a moment.
    assert min(memory for _, memory in marks[-5:]) <= warm[1] + LEAK_BYTES, marks
    assert daemon.process.is_running() and daemon.stop() == 0
    assert "CRITICAL" not in daemon.process.error_text and "WARNING" not in daemon.process.error_text
