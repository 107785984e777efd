"""wait_for gives up after a time: it cancels what it waits for, and throws once that has cleaned up."""

import asyncio


async def cook(dish, seconds):
    try:
        await asyncio.sleep(seconds)
        return f"{dish} after {seconds} s"
    except asyncio.CancelledError:
        print(f"{dish}: putting out the fire")
        await asyncio.sleep(1)
        raise


async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    print(await asyncio.wait_for(cook("salad", 1), timeout=2))
    try:
        await asyncio.wait_for(cook("roast", 3600), timeout=2)
    except TimeoutError:
        print("roast: takes too long")
    print(f"it is over after {loop.time() - start:.0f} s")


asyncio.run(main())
