"""wait with a timeout throws nothing and cancels nothing: it tells who is done by then."""

import asyncio


async def cross(bridge, seconds):
    await asyncio.sleep(seconds)
    print(f"{bridge} is crossed")


def names(tasks):
    return ", ".join(sorted(task.get_name() for task in tasks)) or "none"


async def main():
    bridges = [
        asyncio.create_task(cross("the short bridge", 1), name="the short bridge"),
        asyncio.create_task(cross("the long bridge", 3), name="the long bridge"),
    ]
    done, pending = await asyncio.wait(bridges, timeout=2)
    print(f"after 2 s: done {names(done)}; pending {names(pending)}")
    done, pending = await asyncio.wait(pending)
    print(f"in the end: done {names(done)}; pending {names(pending)}")


asyncio.run(main())
