"""A server and a client that talk through streams: the server sends back what it gets."""

import asyncio


async def echo(reader, writer):
    message = await reader.read(100)
    print(f"server: got {message.decode()}")
    writer.write(message)
    await writer.drain()
    writer.close()


async def ask(port, message):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    print(f"client: sends {message}")
    writer.write(message.encode())
    await writer.drain()
    answer = await reader.read(100)
    print(f"client: got {answer.decode()}")
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await ask(port, "Hello, World!")


asyncio.run(main())
