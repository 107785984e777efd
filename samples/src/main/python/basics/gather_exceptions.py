"""With return_exceptions, gather waits for all; failures and cancellations are entries of its list."""

import asyncio


async def fetch(page, seconds):
    await asyncio.sleep(seconds)
    if page == "shop":
        raise ValueError("the shop is closed")
    return f"<{page}>"


def describe(outcome):
    if isinstance(outcome, asyncio.CancelledError):
        return "cancelled"
    if isinstance(outcome, Exception):
        return f"failed: {outcome}"
    return outcome


async def main():
    mail = asyncio.create_task(fetch("mail", 2))
    asyncio.get_running_loop().call_later(1, mail.cancel)
    outcomes = await asyncio.gather(fetch("home", 3), fetch("shop", 1), mail, return_exceptions=True)
    for outcome in outcomes:
        print(describe(outcome))


asyncio.run(main())
