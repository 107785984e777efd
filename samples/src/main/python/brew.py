"""The program of the README, as Brew.kt and Brew.java have it."""

# region brew
import asyncio

async def brew(seconds):
    await asyncio.sleep(seconds)
    return f"ready after {seconds} s"

async def main():
    tea = asyncio.create_task(brew(2))
    print("coffee", await brew(1))
    print("tea", await tea)

asyncio.run(main())
# endregion
