#!/usr/bin/env -S python3 -B
"""A stub of Chat Completions on loopback that answers with the last user message, each call after a fixed time.

    tests/bench/answering.py MILLISECONDS

Tells its port on the first line of stdout and answers until stdin ends. Any number of connections is served at once.
"""
import asyncio
import json
import sys

DELAY = int(sys.argv[1]) / 1000


async def serve(reader, writer):
    """Answers one call after the other on a connection."""
    try:
        while await reader.readline():
            length = 0
            while (line := await reader.readline()).strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            asked = json.loads(await reader.readexactly(length))
            until = asyncio.get_running_loop().time() + DELAY
            # A timer comes up to a millisecond late, in every round of calls; the last two are waited for awake.
            await asyncio.sleep(max(0, DELAY - 0.002))
            while asyncio.get_running_loop().time() < until:
                await asyncio.sleep(0)
            said = asked["messages"][-1]["content"]
            message = {"role": "assistant", "content": said, "refusal": None}
            body = json.dumps({
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": asked["model"],
                "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
            }).encode()
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    """Serves until nobody holds stdin open any more."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
