"""A task has a name, and a state that can be asked for without waiting."""

import asyncio


async def bake(seconds):
    await asyncio.sleep(seconds)
    if seconds > 1:
        raise ValueError("burnt")
    return "crisp"


def describe(task):
    if not task.done():
        state = "pending"
    elif task.cancelled():
        state = "cancelled"
    elif task.exception() is not None:
        state = f"failed: {task.exception()}"
    else:
        state = f"done: {task.result()}"
    return f"{task.get_name()} is {state}"


async def main():
    bread = asyncio.create_task(bake(1), name="bread")
    cake = asyncio.create_task(bake(2), name="cake")
    pizza = asyncio.create_task(bake(3), name="pizza")
    for task in bread, cake, pizza:
        print(describe(task))

    await asyncio.sleep(2.5)
    pizza.cancel()
    print(describe(pizza))  # cancelling is a request: the task learns of it in its next step
    await asyncio.sleep(0)
    cake.set_name("charcoal")
    for task in bread, cake, pizza:
        print(describe(task))


asyncio.run(main())
