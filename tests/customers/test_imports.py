"""Files are read whole, line by line: what is good gets in, what is not is named by its line."""

import json
import os

import pytest
import sqlalchemy as sa

from rapport.customers import imports
from rapport.db import customers as tables
from rapport.errors import RapportError
from tests.customers.business import NOW, event, everything, placed, upserted


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def run(sessions, *paths, **options):
    return imports.run(sessions, list(paths), now=NOW, **options)


def only(report):
    (file,) = report.files
    return file


def lines(*items):
    return "".join(json.dumps(item) + "\n" for item in items)


def refusals(report):
    return [(refused.line, refused.path, refused.reason) for refused in only(report).refused]


def all_of(sessions, column):
    with sessions.begin() as session:
        return sorted(session.execute(sa.select(column)).scalars())


@pytest.mark.parametrize(
    "name, content",
    [
        ("e.jsonl", lines(upserted(subject="A"), upserted(subject="B", phone="+12025550102"))),
        ("e.json", json.dumps([upserted(subject="A"), placed(), upserted(subject="B")])),
        ("e.json", json.dumps(upserted(subject="A")) + "\n" + json.dumps(upserted(subject="B"))),
        ("e.ndjson", "\n" + lines(upserted(subject="A")) + "\n\n" + lines(upserted(subject="B"))),
        ("e.jsonl", b"\xef\xbb\xbf" + lines(upserted(subject="A"), upserted(subject="B")).replace("\n", "\r\n").encode()),
        ("e.jsonl", lines(upserted(subject="A"), upserted(subject="B")).rstrip("\n")),
    ],
    ids=["lines", "array", "one after the other", "blank lines", "BOM and CRLF", "no last newline"],
)  # fmt: skip
def test_events_get_in_from_json_in_every_shape(sessions, write, name, content):
    report = run(sessions, write(name, content))
    assert report.is_clean
    assert {"A", "B"} <= set(all_of(sessions, tables.Customer.business_id))


def test_a_refused_line_is_named_and_its_neighbours_live(sessions, write):
    content = lines(upserted(subject="A"), upserted(phone="123"), upserted(subject="B"))
    report = run(sessions, write("e.jsonl", content + '{"specversion": "1'))
    assert only(report).accepted == 2
    assert not report.is_clean
    (second, path, _), (last, _, broken) = refusals(report)
    assert (second, path, last) == (2, "$.data.phone", 4)
    assert "not JSON" in broken


def test_bytes_that_are_not_utf8_spoil_their_own_line_only(sessions, write):
    content = lines(upserted(subject="A")).encode() + b'{"id": "\xff"}\n'
    report = run(sessions, write("e.jsonl", content))
    assert only(report).accepted == 1
    assert [refused.line for refused in only(report).refused] == [2]


@pytest.mark.parametrize("tail", [",\n{", ",\nhello]", ""])
def test_an_array_that_breaks_off_keeps_what_came_before(sessions, write, tail):
    content = "[\n" + json.dumps(upserted(subject="A")) + tail
    report = run(sessions, write("e.json", content))
    assert only(report).accepted == 1
    assert [refused.line for refused in only(report).refused] == [3 if tail else 2]


CUSTOMERS = """\
customer_id,phone,name,language,timezone,country,email,verified
C-1,+12025550101,"Okafor, Mara",en,America/New_York,US,mara@example.org,true
C-2,+49 30 23125 101,Jürgen Weiß,de,Europe/Berlin,DE,,no

C-3,+12025550103,,,,,,
"""
PRODUCTS = """\
product_id;Name;price;currency;stock;category;url;aliases;facts
lamp;Trail lamp;49.90;EUR;3;lamps;https://shop.example/lamp;head torch|lantern;waterproof=yes|weight=80 g
boots;Boots 42;119;EUR;0;;;;
"""
ORDERS = """\
order_id,customer_id,placed_at,product_id,quantity,unit_price,currency,address,status,status_at
A1,C-1,2026-11-01T10:00:00Z,lamp,2,49.90,EUR,1 Main St,shipped,2026-11-03T10:00:00Z
A1,C-1,2026-11-01T10:00:00Z,boots,1,119,EUR,,,
A2,C-2,2026-11-02T10:00:00Z,lamp,1,49.90,EUR,,,
"""


def test_customers_come_from_csv(sessions, write):
    assert only(run(sessions, write("customers.csv", CUSTOMERS))).accepted == 3
    with sessions.begin() as session:
        rows = session.execute(sa.select(tables.Customer).order_by(tables.Customer.id)).scalars()
        first, second, third = [(row.name, row.language, row.is_verified) for row in rows]
    assert first == ("Okafor, Mara", "en", True)
    assert second == ("Jürgen Weiß", "de", False)
    assert third == (None, None, False)


def test_products_come_from_csv_with_semicolons(sessions, write):
    assert only(run(sessions, write("products.csv", PRODUCTS))).accepted == 2
    with sessions.begin() as session:
        lamp = session.get(tables.Product, "lamp")
        assert (lamp.name, str(lamp.price), lamp.stock) == ("Trail lamp", "49.90", 3)
        assert lamp.aliases == ["head torch", "lantern"]
        assert lamp.facts == {"waterproof": "yes", "weight": "80 g"}


def test_orders_come_from_csv_with_a_row_for_each_item(sessions, write):
    assert only(run(sessions, write("orders.csv", ORDERS))).accepted == 3
    with sessions.begin() as session:
        order = session.get(tables.Order, "A1")
        assert (order.status, str(order.total), order.address) == ("shipped", "218.80", "1 Main St")
        assert session.get(tables.Order, "A2").status == "placed"
    assert all_of(sessions, tables.OrderItem.product_id) == ["boots", "lamp", "lamp"]


@pytest.mark.parametrize(
    "name, content",
    [("c.csv", CUSTOMERS), ("p.csv", PRODUCTS), ("o.csv", ORDERS), ("e.jsonl", lines(placed()))],
)
def test_the_same_file_again_changes_nothing(sessions, write, name, content):
    path = write(name, content)
    first = only(run(sessions, path))
    with sessions.begin() as session:
        before = everything(session)
    again = only(run(sessions, path))
    assert (again.accepted, again.duplicate) == (0, first.accepted)
    with sessions.begin() as session:
        assert everything(session) == before


def test_a_newer_file_brings_back_an_older_value(sessions, write):
    """Three exports of a stock that went down and up again: the last one counts."""
    for hour, stock in enumerate((3, 0, 3)):
        path = write("p.csv", f"product_id,name,price,currency,stock\nlamp,Lamp,1,EUR,{stock}\n")
        os.utime(path, (NOW.timestamp() + 3600 * (hour - 9),) * 2)
        run(sessions, path)
    assert all_of(sessions, tables.Product.stock) == [3]


WRONG = [
    ("missing column", "customer_id,name\nC-1,Mara\n", 1, "$", "customers lacks phone"),
    ("another table", "colour,size\nred,42\n", 1, "$", "no header"),
    ("empty", "", 1, "$", "no header"),
    ("short row", "customer_id,phone\nC-1\n", 2, "$", "1 columns"),
    ("bad phone", "customer_id,phone\nC-1,+12025550101\nC-2,123\n", 3, "$.data.phone", "E.164"),
    ("no id", "customer_id,phone\n,+12025550101\n", 2, "$.subject", "missing"),
    ("open quote", 'customer_id,phone\n"C-1,+12025550101\n', 2, "$", "not CSV"),
    ("a word for yes", "customer_id,phone,verified\nC,+12025550101,maybe\n", 2, "$.data.verified", "boolean"),
    ("no number", PRODUCTS.replace(";3;", ";few;"), 2, "$.data.stock", "integer"),
    ("second item", ORDERS.replace("boots,1", "boots,0"), 3, "$.data.items[1].quantity", "greater"),
    ("status", ORDERS.replace("shipped", "eaten"), 2, "$", "status is not"),
    ("naive time", ORDERS.replace("2026-11-02T10:00:00Z", "2026-11-02 10:00"), 4, "$.time", "RFC 3339"),
]  # fmt: skip


@pytest.mark.parametrize(
    "content, line, where, reason", [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_is_wrong_with_a_table_is_named_by_its_line(
    sessions, write, content, line, where, reason
):
    ((found_line, path, found_reason),) = refusals(run(sessions, write("t.csv", content)))
    assert (found_line, path) == (line, where)
    assert reason in found_reason


def test_a_dry_run_tells_all_and_writes_nothing(sessions, write):
    path = write("e.jsonl", lines(upserted(), upserted(phone="1")))
    report = run(sessions, path, dry_run=True)
    assert (only(report).accepted, len(only(report).refused)) == (1, 1)
    assert all_of(sessions, tables.Customer.business_id) == []
    assert all_of(sessions, tables.BusinessEvent.event_id) == []


def test_progress_is_told_chunk_by_chunk_to_the_last_byte(sessions, write):
    content = lines(*(event("product.viewed", product_id="lamp") for _ in range(imports.CHUNK + 1)))
    path = write("e.jsonl", content)
    told = []
    run(sessions, path, on_progress=lambda *progress: told.append(progress))
    assert len(told) == 2
    assert told[0][1] < told[1][1] == told[1][2] == len(content)
    assert told[0][0] == path


@pytest.mark.parametrize(
    "name, content, hint",
    [("e.xlsx", b"PK", "reads .jsonl"), ("e.csv", "a".encode("utf-16"), "UTF-8")],
)
def test_a_file_of_another_kind_stops_the_import_before_it_begins(
    sessions, write, name, content, hint
):
    good = write("good.jsonl", lines(upserted()))
    with pytest.raises(RapportError, match=hint):
        run(sessions, good, write(name, content))
    assert all_of(sessions, tables.Customer.business_id) == []


def test_a_file_that_is_not_there_is_named(sessions, tmp_path):
    with pytest.raises(RapportError, match=r"nowhere\.csv"):
        run(sessions, tmp_path / "nowhere.csv")
