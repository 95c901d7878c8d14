"""How long Meta waits for its 200, while the dialogue works: p50, p99 and the worst, in milliseconds.

Posts signed text messages of many strangers to the running service (`rapport up`), at a steady rate.

    .venv/bin/python benchmarks/webhook.py --rate 20 --seconds 20
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import statistics
import time

import aiohttp

from rapport.settings import Settings, load


def body(number: int) -> bytes:
    message = {
        "from": f"1555040{number % 500:04d}",
        "id": f"wamid.bench.{time.time_ns()}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": ("hello", "where is my order", "thanks")[number % 3]},
    }
    value = {"messaging_product": "whatsapp", "metadata": {}, "messages": [message]}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


async def post(http: aiohttp.ClientSession, settings: Settings, number: int) -> float:
    content = body(number)
    digest = hmac.new(settings.app_secret.encode(), content, hashlib.sha256).hexdigest()
    started = time.perf_counter()
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    async with http.post(settings.webhook_url, data=content, headers=headers) as answer:
        answer.raise_for_status()
        await answer.read()
    return (time.perf_counter() - started) * 1000


async def measure(rate: int, seconds: int) -> list[float]:
    settings = load()
    async with aiohttp.ClientSession() as http:
        tasks = []
        for number in range(rate * seconds):
            tasks.append(asyncio.ensure_future(post(http, settings, number)))
            await asyncio.sleep(1 / rate)
        return sorted(await asyncio.gather(*tasks))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rate", type=int, default=20, help="webhooks a second")
    arguments.add_argument("--seconds", type=int, default=20)
    options = arguments.parse_args()
    times = asyncio.run(measure(options.rate, options.seconds))
    figures = {
        "webhooks": len(times),
        "p50_ms": round(statistics.median(times), 1),
        "p99_ms": round(times[int(len(times) * 0.99) - 1], 1),
        "max_ms": round(times[-1], 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
