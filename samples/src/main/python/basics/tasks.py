"""Awaited one after the other, the times add up; tasks run at the same time."""

import asyncio


async def brew(drink, seconds):
    await asyncio.sleep(seconds)
    print(f"{drink} is ready")


async def main():
    loop = asyncio.get_running_loop()

    start = loop.time()
    await brew("coffee", 1)
    await brew("tea", 2)
    print(f"awaited: {loop.time() - start:.0f} s")

    start = loop.time()
    tea = asyncio.create_task(brew("tea", 2))
    coffee = asyncio.create_task(brew("coffee", 1))
    await tea
    await coffee
    print(f"as tasks: {loop.time() - start:.0f} s")


asyncio.run(main())
