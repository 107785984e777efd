"""A socket that something else has connected is waited for, and read, as a stream."""

import asyncio
import socket


async def main():
    receiving, sending = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=receiving)
    asyncio.get_running_loop().call_soon(sending.send, b"abc")
    message = await reader.read(100)
    print(f"received: {message.decode()}")
    writer.close()
    sending.close()


asyncio.run(main())
