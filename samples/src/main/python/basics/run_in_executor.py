"""run_in_executor runs work in a pool of threads, the loop's own or one's own, and gives a future."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def count_primes(limit):
    return sum(1 for n in range(2, limit) if all(n % d for d in range(2, n)))


async def main():
    loop = asyncio.get_running_loop()
    print(f"primes below 100: {await loop.run_in_executor(None, count_primes, 100)}")

    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [loop.run_in_executor(pool, count_primes, limit) for limit in (10, 100, 1000)]
        for primes in await asyncio.gather(*futures):
            print(primes)


asyncio.run(main())
