"""CSV files of customers, products and orders, row by row turned into business events."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from rapport.customers.contract.envelope import Unreadable
from rapport.customers.contract.types import ORDER_MOVES

Cells = dict[str, str]
Found = tuple[int, Cells | Unreadable]
"""A row below the header and its line; empty cells are left out."""
Lines = tuple[int, ...]
"""Line numbers a finding may be about: of an order, one for each of its items."""

CUSTOMERS = ("customer_id", "phone")
PRODUCTS = ("product_id", "name", "price", "currency", "stock")
ORDERS = (
    "order_id",
    "customer_id",
    "placed_at",
    "product_id",
    "quantity",
    "unit_price",
    "currency",
)
REQUIRED = {"orders": ORDERS, "products": PRODUCTS, "customers": CUSTOMERS}
OPTIONAL = {
    "customers": ("name", "language", "timezone", "country", "email", "verified", "updated_at"),
    "products": ("category", "url", "aliases", "facts", "updated_at"),
    "orders": ("total", "address", "promised_at", "status", "status_at", "carrier", "tracking_url"),
}
"""Columns by kind of file. `verified`: true or false. `aliases`: a|b. `facts`: size=42|colour=red. An order
of several items has one row for each, one after the other. Times are RFC 3339 with offset; without
`updated_at` or `status_at` the file's own time counts."""

YES, NO = {"true", "yes", "1"}, {"false", "no", "0"}


def events(lines: Iterable[str], source: str, at: datetime) -> Iterator[tuple[Lines, Any]]:
    """(line numbers, event) for each row, or for each order; Unreadable where a row is none.

    Ids are made of the content and the time, so that the same file again is a duplicate of itself.
    """
    for item_lines, made in _make(lines, at.isoformat()):
        yield item_lines, made if isinstance(made, Unreadable) else _envelope(made, source)


def _make(lines: Iterable[str], at: str) -> Iterator[tuple[Lines, Any]]:
    table = iter(lines)
    first = next(table, "")
    header = [_column(name) for name in next(csv.reader([first], delimiter=_delimiter(first)), [])]
    kind, missing = _recognise(header)
    if missing:
        yield (1,), Unreadable(missing)
        return
    rows = _rows(table, header, _delimiter(first))
    yield from _orders(rows, at) if kind == "orders" else _others(rows, kind, at)


def _recognise(header: list[str]) -> tuple[str, str]:
    """(kind of file, what is missing)."""
    key = {"order_id": "orders", "product_id": "products", "customer_id": "customers"}
    kind = next((kind for column, kind in key.items() if column in header), "")
    if not kind and "phone" in header:
        kind = "customers"
    if not kind:
        return (
            "",
            "no header of customers (customer_id), products (product_id) or orders (order_id)",
        )
    missing = [column for column in REQUIRED[kind] if column not in header]
    return kind, f"the header of {kind} lacks {', '.join(missing)}" if missing else ""


def _rows(table: Iterator[str], header: list[str], delimiter: str) -> Iterator[Found]:
    reader = csv.reader(table, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 2  # the header is the first
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Unreadable(f"not CSV: {error}")
            continue
        if any(cell.strip() for cell in cells):
            yield line, _cells(header, cells)


def _cells(header: list[str], cells: list[str]) -> Cells | Unreadable:
    if len(cells) != len(header):
        return Unreadable(f"has {len(cells)} columns, the header {len(header)}")
    named = zip(header, (cell.strip() for cell in cells), strict=True)
    return {name: cell for name, cell in named if cell}


def _others(rows: Iterator[Found], kind: str, at: str) -> Iterator[tuple[Lines, Any]]:
    make = {"customers": _customer, "products": _product}[kind]
    for line, cells in rows:
        if isinstance(cells, Unreadable):
            yield (line,), cells
        else:
            yield (line,), make(cells, cells.get("updated_at", at))


def _orders(rows: Iterator[Found], at: str) -> Iterator[tuple[Lines, Any]]:
    """Rows of one order that follow each other are its items."""
    for _, group in groupby(rows, key=_order_of):
        found = list(group)
        items = [cells for _, cells in found if isinstance(cells, dict)]
        lines = tuple(line for line, _ in found)
        if not items:
            yield from (((line,), odd) for line, odd in found)
            continue
        yield lines, _placed(items)
        status = items[0].get("status", "placed")
        if status != "placed":
            yield lines, _moved(status, items[0], items[0].get("status_at", at))


def _order_of(found: Found) -> Any:
    line, cells = found
    return cells.get("order_id") if isinstance(cells, dict) else line


def _customer(cells: Cells, time: str) -> dict[str, Any]:
    names = ("phone", "name", "language", "timezone", "country", "email")
    data: dict[str, Any] = _only(cells, names)
    if "verified" in cells:
        data["verified"] = _truth(cells["verified"])
    return _event("customer.upserted", time, data, cells.get("customer_id"))


def _product(cells: Cells, time: str) -> dict[str, Any]:
    data: dict[str, Any] = _only(cells, ("product_id", "name", "category", "url"))
    data["price"] = _money(cells, "price")
    data["stock"] = _whole(cells.get("stock"))
    if "aliases" in cells:
        data["aliases"] = [alias.strip() for alias in cells["aliases"].split("|")]
    if "facts" in cells:
        data["facts"] = dict(_fact(fact) for fact in cells["facts"].split("|"))
    return _event("product.upserted", time, data)


def _placed(items: list[Cells]) -> dict[str, Any]:
    first = items[0]
    data = {
        **_only(first, ("order_id", "address", "promised_at")),
        "items": [_item(cells) for cells in items],
        "total": _money(first, "total") if "total" in first else _sum(items),
    }
    return _event("order.placed", first.get("placed_at"), data, first.get("customer_id"))


def _moved(status: str, cells: Cells, time: str) -> dict[str, Any] | Unreadable:
    if status not in ORDER_MOVES:
        return Unreadable(f"status is not placed, {', '.join(ORDER_MOVES)}")
    data = _only(cells, ("order_id", "promised_at", "carrier", "tracking_url"))
    return _event(f"order.{status}", time, data, cells.get("customer_id"))


def _item(cells: Cells) -> dict[str, Any]:
    return {
        **_only(cells, ("product_id",)),
        "quantity": _whole(cells.get("quantity")),
        "unit_price": _money(cells, "unit_price"),
    }


def _sum(items: list[Cells]) -> dict[str, Any]:
    """The total of an order that states none; what is no number is refused at its own place."""
    try:
        total = sum(Decimal(c["quantity"]) * Decimal(c["unit_price"]) for c in items)
    except (KeyError, InvalidOperation):
        total = 0
    return {"amount": f"{total:f}", "currency": items[0].get("currency")}


def _event(
    type_: str, time: str | None, data: dict[str, Any], subject: str | None = None
) -> dict[str, Any]:
    return {"type": type_, "time": time, "subject": subject, "data": data}


def _envelope(made: dict[str, Any], source: str) -> dict[str, Any]:
    content = json.dumps(made, sort_keys=True)
    name = hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:24]
    return {"specversion": "1.0", "id": f"{made['type']}-{name}", "source": source, **made}


def _only(cells: Cells, names: Iterable[str]) -> dict[str, Any]:
    return {name: cells[name] for name in names if name in cells}


def _money(cells: Cells, name: str) -> dict[str, Any]:
    return {"amount": cells.get(name), "currency": cells.get("currency")}


def _whole(cell: str | None) -> int | str | None:
    """The number, or the cell as it is, which the contract then refuses at its path."""
    return int(cell) if cell and re.fullmatch(r"[+-]?\d{1,12}", cell, re.ASCII) else cell


def _truth(cell: str) -> bool | str:
    word = cell.lower()
    return True if word in YES else False if word in NO else cell


def _fact(cell: str) -> tuple[str, str]:
    name, _, value = cell.partition("=")
    return name.strip(), value.strip()


def _column(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _delimiter(header: str) -> str:
    """Comma, semicolon or tab: the one the header has most of."""
    return max(",;\t", key=header.count)
