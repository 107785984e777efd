"""A future is completed by hand, once; whoever awaits it goes on with its result."""

import asyncio


async def guest(name, door):
    print(f"{name} waits")
    key = await door
    print(f"{name} enters with {key}")


async def main():
    loop = asyncio.get_running_loop()
    door = loop.create_future()
    guests = asyncio.gather(guest("ada", door), guest("bob", door))
    await asyncio.sleep(1)
    print("the door is open" if door.done() else "the door is closed")
    door.set_result("the golden key")
    print("the door is open" if door.done() else "the door is closed")
    await guests

    try:
        door.set_result("another key")
    except asyncio.InvalidStateError:
        print("it cannot be opened twice")

    trap = loop.create_future()
    loop.call_later(1, trap.set_exception, ValueError("snap"))
    try:
        await trap
    except ValueError as error:
        print(error)


asyncio.run(main())
