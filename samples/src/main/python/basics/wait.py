"""wait ends with the first that is done, the first that fails, or the last; it throws none of their errors."""

import asyncio


async def run(runner, seconds):
    await asyncio.sleep(seconds)
    if runner == "clumsy":
        raise ValueError("fell over")


def names(tasks):
    return ", ".join(sorted(task.get_name() for task in tasks)) or "nobody"


async def race(return_when):
    start = asyncio.get_running_loop().time()
    runners = [
        asyncio.create_task(run("fast", 1), name="fast"),
        asyncio.create_task(run("clumsy", 2), name="clumsy"),
        asyncio.create_task(run("slow", 3), name="slow"),
    ]
    done, pending = await asyncio.wait(runners, return_when=return_when)
    seconds = asyncio.get_running_loop().time() - start
    print(f"{return_when} after {seconds:.0f} s: done {names(done)}; pending {names(pending)}")
    await asyncio.gather(*runners, return_exceptions=True)  # wait leaves the pending ones running


async def main():
    await race(asyncio.FIRST_COMPLETED)
    await race(asyncio.FIRST_EXCEPTION)
    await race(asyncio.ALL_COMPLETED)


asyncio.run(main())
