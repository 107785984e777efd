"""Blocking work belongs on another thread: to_thread runs it there, and the loop goes on."""

import asyncio
import contextvars
import queue
import threading

user = contextvars.ContextVar("user")
letters = queue.Queue()


def read_letter():
    text = letters.get()  # blocks its thread until there is one
    return f"{user.get()} reads {text}"


async def write_letter():
    print("the loop goes on")
    letters.put("dear loop")


def fail():
    raise ValueError("the pen is broken")


async def main():
    user.set("ada")  # the thread sees the caller's context
    reading, _ = await asyncio.gather(asyncio.to_thread(read_letter), write_letter())
    print(reading)

    thread = await asyncio.to_thread(threading.current_thread)
    print("same thread" if thread is threading.current_thread() else "another thread")

    try:
        await asyncio.to_thread(fail)
    except ValueError as error:
        print(f"failed: {error}")


asyncio.run(main())
