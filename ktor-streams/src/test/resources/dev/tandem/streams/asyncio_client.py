"""A client on asyncio's streams, for an echo server: says what it saw.

usage: asyncio_client.py (port | unix socket)
"""

import asyncio
import sys


async def main():
    target = sys.argv[1]
    if target.isdigit():
        reader, writer = await asyncio.open_connection("127.0.0.1", int(target))
    else:
        reader, writer = await asyncio.open_unix_connection(target)
    writer.writelines([b"one\n", b"two\n"])
    print("lines:", await reader.readline(), await reader.readline())

    async def send():
        for _ in range(50):
            writer.write(b"y" * 100_000)
            await writer.drain()

    sending = asyncio.create_task(send())
    data = await reader.readexactly(5_000_000)
    await sending
    print("bulk:", data.count(b"y"))
    writer.write(b"the end")
    writer.write_eof()
    print("rest:", await reader.read())
    writer.close()
    await writer.wait_closed()
    print("done")


asyncio.run(main())
