"""Prints random programs for a StreamReader with what Python's own made of them: stream_reader_programs.py COUNT SEED

One program a line: the limit, then its steps, each followed by what ended in it. A step is a read that begins, or,
while one waits, something that arrives ("feed", "eof") or its cancellation. "/" stands for a line's end.

    4<tab>feed ab<tab>line<tab>feed c/ = abc/<tab>exactly 2<tab>eof ! incomplete

Needs Python 3.13 or newer, whose readuntil takes several separators.
"""

import asyncio
import random
import sys

ALPHABET = "ab;/"


def text(data):
    return data.decode().replace("\n", "/")


def data(text):
    return text.replace("/", "\n").encode()


def word(rng, longest, shortest=1):
    return "".join(rng.choices(ALPHABET, k=rng.randint(shortest, longest)))


def random_read(rng):
    kind = rng.choice(["line", "until", "until", "until", "exactly", "read", "all"])
    if kind in ("exactly", "read"):
        return f"{kind} {rng.randint(0, 7)}"
    if kind == "until":
        return "until " + "|".join(word(rng, 3) for _ in range(rng.choice([1, 1, 2, 3])))
    return kind


def begin(reader, step):
    kind, _, rest = step.partition(" ")
    match kind:
        case "line":
            return reader.readline()
        case "all":
            return reader.read()
        case "read":
            return reader.read(int(rest))
        case "exactly":
            return reader.readexactly(int(rest))
        case "until":
            separators = tuple(data(it) for it in rest.split("|"))
            return reader.readuntil(separators if len(separators) > 1 else separators[0])


def outcome(task):
    if task.cancelled():
        return " ! cancelled"
    match task.exception():
        case None:
            return " = " + text(task.result())
        case asyncio.IncompleteReadError() as error:
            return f" ! incomplete {text(error.partial)}"
        case asyncio.LimitOverrunError() as error:
            return f" ! overrun {error.consumed}"
        case ValueError():
            return " ! overrun"
        case other:
            raise other


async def program(rng):
    limit = rng.randint(1, 8)
    reader = asyncio.StreamReader(limit=limit)
    steps = [str(limit)]
    ended = False
    waiting = None
    for _ in range(rng.randint(4, 14)):
        if waiting is None:
            step = random_read(rng)
            begun = step
            waiting = asyncio.create_task(begin(reader, step))
        elif rng.random() < 0.1 and begun != "all":
            # A cancelled read() of Python's drops what it had gathered, against its own rule; ours does not.
            step = "cancel"
            waiting.cancel()
        elif rng.random() < 0.15:
            step = "eof"
            reader.feed_eof()
            ended = True
        else:
            piece = word(rng, rng.choice([2, 4, 12]))
            step = f"feed {piece}"
            reader.feed_data(data(piece))
        for _ in range(3):
            await asyncio.sleep(0)
        if waiting.done():
            step += outcome(waiting)
            waiting = None
        steps.append(step)
        if ended and waiting is None and rng.random() < 0.3:
            break
    if waiting is not None:
        waiting.cancel()
    return "\t".join(steps)


async def main(count, seed):
    rng = random.Random(seed)
    programs = {}
    while len(programs) < count:
        programs[await program(rng)] = None
    print("\n".join(programs))


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
