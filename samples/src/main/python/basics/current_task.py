"""current_task is the one that runs, all_tasks those that are not done; a callback is in no task."""

import asyncio


def names(tasks):
    return ", ".join(sorted(task.get_name() for task in tasks))


async def greet(guest):
    print(f"{asyncio.current_task().get_name()} greets {guest}")
    await asyncio.sleep(1)


def ring():
    print("in no task" if asyncio.current_task() is None else "in a task")


async def main():
    asyncio.current_task().set_name("host")
    asyncio.create_task(greet("ada"), name="butler")
    cook = asyncio.create_task(greet("bob"), name="cook")
    print(names(asyncio.all_tasks()))
    await greet("eve")  # awaited, not made a task: runs in the caller's

    asyncio.get_running_loop().call_soon(ring)
    await cook
    print(names(asyncio.all_tasks()))


asyncio.run(main())
