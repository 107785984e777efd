"""shield keeps a cancellation of the one who waits from the work; three cases."""

import asyncio


async def save(document):
    try:
        await asyncio.sleep(2)
        print(f"{document}: saved")
        return f"{document} on disk"
    except asyncio.CancelledError:
        print(f"{document}: lost")
        raise


async def waiter_is_cancelled():
    work = asyncio.create_task(save("letter"))
    try:
        await asyncio.wait_for(asyncio.shield(work), timeout=1)
    except TimeoutError:
        print("letter: not waiting any longer")
    print(f"later: {await work}")


async def work_is_cancelled():
    work = asyncio.create_task(save("poem"))
    asyncio.get_running_loop().call_later(1, work.cancel)
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        print("poem: the shield does not protect from that")


async def save_whatever_happens():
    work = asyncio.create_task(save("will"))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        print("will: cancelled, but this must be done first")
        await work
        raise


async def main():
    await waiter_is_cancelled()
    await work_is_cancelled()
    waiter = asyncio.create_task(save_whatever_happens())
    asyncio.get_running_loop().call_later(1, waiter.cancel)
    await asyncio.wait([waiter])
    print("will: the waiter is cancelled" if waiter.cancelled() else "will: the waiter is not cancelled")


asyncio.run(main())
