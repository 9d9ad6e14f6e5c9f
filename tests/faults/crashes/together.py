"""Several pipelines and dispatchers at once, on the same deliveries in orders of their own."""

from __future__ import annotations

import random

from tests.faults.crashes import victim
from tests.faults.crashes.rounds import Round, Tally

MANY = 6


def play(played: Round, many: int = MANY) -> Tally:
    """Let processes work on everything at once: studies in any order, days in theirs.

    Of the mails none may be repeated: nobody is killed, and a message is leased to one.
    """
    world, story = played.world, [d for d in played.made.story if not d.is_withdrawn]
    for number in sorted({d.number for d in story}):
        today = [d for d in story if d.number == number]
        for given in today:
            world.put(given)
        world.later()
        running = []
        for _ in range(many):
            order = random.Random(played.chance.random()).sample(today, len(today))
            running.append(
                victim.start(lambda order=order: [world.run(d) for d in order], world.log)
            )
        ended = [victim.join(child) for child in running]
        if set(ended) != {"done"}:
            raise AssertionError(world.log.read_text(encoding="utf-8")[-3000:])
    return played.judge(story)
