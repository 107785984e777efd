"""as_completed gives the results in the order in which they come; with a timeout, being late is an error."""

import asyncio


async def answer(town, seconds):
    await asyncio.sleep(seconds)
    return f"{town} after {seconds} s"


async def main():
    towns = [answer("Oslo", 3), answer("Bern", 1), answer("Rome", 2)]
    for next_answer in asyncio.as_completed(towns):
        print(await next_answer)

    towns = [asyncio.create_task(answer("Lima", 1)), asyncio.create_task(answer("Cairo", 5))]
    try:
        for next_answer in asyncio.as_completed(towns, timeout=3):
            print(await next_answer)
    except TimeoutError:
        print("the others are late")
    print(f"and come all the same: {await towns[1]}")


asyncio.run(main())
