"""XML that asks for more than itself: no file is read, no address is asked, nothing grows."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from tests import delivery
from tests.faults import oracle
from tests.faults.corpus import FORMATS
from tests.faults.table import table

SECRET = "7e1b-a-secret-of-the-machine"
ODM = FORMATS["odm_xml"]
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
)


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    return delivery.settings(tmp_path_factory.mktemp("entities"))


@pytest.fixture
def secret(tmp_path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def listener():
    """A server that counts who connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server


def asked(server: socket.socket) -> bool:
    """Return whether anybody connected."""
    try:
        server.accept()[0].close()
    except TimeoutError:
        return False
    return True


def odm(before: str = "", inside: str = "") -> bytes:
    content = ODM.encode(table(3)).replace(b"\n<ODM", f"\n{before}<ODM".encode(), 1)
    return content.replace(b"<SubjectData", f"{inside}<SubjectData".encode(), 1)


def test_the_listener_would_notice(listener) -> None:
    there = listener.getsockname()
    knock = threading.Thread(target=lambda: socket.create_connection(there).close())
    knock.start()
    knock.join()
    assert asked(listener)


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ('<!DOCTYPE ODM [<!ENTITY a SYSTEM "file://{path}">]>\n', "&a;"),
        ('<!DOCTYPE ODM [<!ENTITY % a SYSTEM "file://{path}"> %a;]>\n', ""),
        ('<!DOCTYPE ODM [<!ENTITY a SYSTEM "http://{host}/x">]>\n', "&a;"),
        ('<!DOCTYPE ODM [<!ENTITY % a SYSTEM "http://{host}/x"> %a;]>\n', ""),
        ('<!DOCTYPE ODM SYSTEM "http://{host}/x.dtd">\n', ""),
        ('<!DOCTYPE ODM PUBLIC "-//x//y" "file://{path}">\n', ""),
        ('<!DOCTYPE ODM [<!ATTLIST ItemData Value CDATA "0.1">]>\n', ""),
        (f"<!DOCTYPE ODM [{LAUGHS}]>\n", "&a11;"),
    ],
)
def test_a_doctype_is_refused(used, listener, secret, before, inside) -> None:
    host = ":".join(map(str, listener.getsockname()))
    told = before.replace("{path}", str(secret)).replace("{host}", host)
    found = oracle.deliver(ODM, odm(told, inside), used)
    assert found == oracle.Outcome(
        "held", "x.xml: it has a DOCTYPE, which no ODM file needs. Export it again as ODM-XML 1.3."
    )
    assert not asked(listener)


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ("", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{path}" parse="text"/>'),
        ("", '<x xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="http://{host}/"/>'),
        ('<?xml-stylesheet type="text/xsl" href="http://{host}/x.xsl"?>\n', ""),
        ("", f'<x xmlns:xsi="{XSI}" xsi:schemaLocation="x http://{{host}}/x.xsd"/>'),
    ],
)  # fmt: skip
def test_what_points_elsewhere_is_not_followed(used, listener, secret, before, inside) -> None:
    host = ":".join(map(str, listener.getsockname()))
    told = [t.replace("{path}", str(secret)).replace("{host}", host) for t in (before, inside)]
    found = oracle.deliver(ODM, odm(*told), used)
    assert (found.kind, found.rows) == ("used", 3)
    assert SECRET not in str([i.raw.to_csv() for i in found.intakes])
    assert not asked(listener)
