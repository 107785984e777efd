"""A callback runs when a task is done, in a turn of its own, never inside somebody else's code."""

import asyncio


async def deliver(parcel):
    await asyncio.sleep(1)
    return f"{parcel} at the door"


def ring(task):
    print(f"ring: {task.result()}")


def bark(task):
    print(f"bark: {task.get_name()} is done")


async def main():
    books = asyncio.create_task(deliver("books"), name="books")
    books.add_done_callback(ring)
    books.add_done_callback(bark)
    print(f"awaited: {await books}")

    books.add_done_callback(ring)  # it is done already
    print("the callback waits for its turn")
    await asyncio.sleep(0)

    shoes = asyncio.create_task(deliver("shoes"), name="shoes")
    shoes.add_done_callback(ring)
    shoes.add_done_callback(bark)
    print(f"removed: {shoes.remove_done_callback(bark)}")
    await shoes


asyncio.run(main())
