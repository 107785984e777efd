"""gather runs several at once: results in the order asked for, or else the first failure."""

import asyncio


async def fetch(page, seconds):
    await asyncio.sleep(seconds)
    if page == "shop":
        raise ValueError("the shop is closed")
    print(f"{page} is here")
    return f"<{page}>"


async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    pages = await asyncio.gather(fetch("home", 3), fetch("news", 1), fetch("mail", 2))
    print(f"{' '.join(pages)} after {loop.time() - start:.0f} s")

    start = loop.time()
    try:
        await asyncio.gather(fetch("home", 3), fetch("shop", 1), fetch("mail", 2))
    except ValueError as error:
        print(f"{error}, after {loop.time() - start:.0f} s")
    await asyncio.sleep(3)  # the others go on


asyncio.run(main())
