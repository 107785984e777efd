"""An await is a call: it runs the coroutine here and now, and gives its result."""

import asyncio


async def boil(litres):
    print(f"boiling {litres} l of water")
    await asyncio.sleep(1)
    return f"{litres} l of hot water"


async def make_tea(cups):
    water = await boil(cups // 4)
    return f"{cups} cups of tea from {water}"


async def main():
    print("the guests arrive")
    print(await make_tea(8))
    print("the guests are happy")


asyncio.run(main())
