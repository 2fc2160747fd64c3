"""A file is kept for what its first bytes say it is, whatever anybody calls it; everything else is counted and said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.delivery.rules.files import (
    ENDINGS,
    LARGEST_FILE,
    LONGEST_NAME,
    MOST_FILES,
    File,
    KeptFile,
    Refusal,
    checked,
    clean_name,
    media_type_of,
    sort_out,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
        ("Grüße,\nthe lamp is broken 😡\n".encode(), "text/plain"),
        (b"order,amount\nA-1,20\n", "text/plain"),
    ],
)
def test_what_is_kept(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"PK\x03\x04\x14\x00",
        b"#!/bin/sh\nrm -rf /\n",
        b"<!DOCTYPE html><p>Hello",
        b"   <HTML><script>alert(1)</script>",
        b"Dear shop,\n<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b'<?xml version="1.0"?><svg/>',
        b"<?php system('id'); ?>",
        b"RIFF\x10\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypmp42\x00\x00",
        b"\xff\xfeh\x00i\x00",
        b"words and a \x00 byte",
        b"words and an \x1b[31m escape",
        b"\xe9t\xe9 in Latin-1",
    ],
    ids=repr,
)
def test_what_is_not(content: bytes) -> None:
    assert checked(File("photo.jpg", content)) is Refusal.TYPE


def test_an_empty_file_and_a_huge_one_are_refused_for_what_they_are() -> None:
    assert checked(File("a.png", b"")) is Refusal.EMPTY
    assert checked(File("a.png", PNG + b"x" * LARGEST_FILE)) is Refusal.TOO_LARGE


@pytest.mark.parametrize(
    ("name", "media_type", "kept"),
    [
        ("lamp.jpg", "image/jpeg", "lamp.jpg"),
        ("lamp.JPEG", "image/jpeg", "lamp.JPEG"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\ana\\lamp.png", "image/png", "lamp.png"),
        ("lamp.html", "image/png", "lamp.html.png"),
        ("photo\u202egpj.exe", "image/jpeg", "photogpj.exe.jpg"),
        ("a\r\nSet-Cookie: x=1\x00.png", "image/png", "aSet-Cookie_ x=1.png"),
        ("", "application/pdf", "file.pdf"),
        ("...", "application/pdf", "file.pdf"),
        (".jpg", "image/jpeg", "jpg.jpg"),
        ("  spaced   out .txt", "text/plain", "spaced out .txt"),
        ("فاتورة.pdf", "application/pdf", "فاتورة.pdf"),
    ],
)
def test_names_are_names_and_end_as_the_file_is(name: str, media_type: str, kept: str) -> None:
    assert clean_name(name, media_type) == kept


@given(st.text(max_size=400), st.sampled_from(sorted(ENDINGS)))
def test_any_name_becomes_one_that_can_stand_anywhere(name: str, media_type: str) -> None:
    kept = clean_name(name, media_type)
    assert 0 < len(kept) <= LONGEST_NAME
    assert kept.lower().endswith(ENDINGS[media_type])
    assert not kept.startswith(".")
    assert kept.isprintable()
    assert not set(kept) & set('/\\<>:"|?*\u202e')
    assert clean_name(kept, media_type) == kept


def test_five_files_are_kept_and_twelve_megabytes_and_the_rest_is_counted() -> None:
    many = sort_out(File(f"{number}.png", PNG) for number in range(MOST_FILES + 2))
    assert (len(many.kept), many.refused) == (5, {Refusal.TOO_MANY: 2})
    large = JPEG + b"x" * (LARGEST_FILE - len(JPEG))
    heavy = sort_out([File("a.jpg", large), File("b.jpg", large), File("c.jpg", large), File("d.png", PNG)])
    assert [file.name for file in heavy.kept] == ["a.jpg", "b.jpg", "d.png"]
    assert heavy.left_out == "1 file was not kept: more than 5 files, or 12 MB together."


def test_what_was_left_out_is_said_with_its_reason() -> None:
    sorted_out = sort_out([File("a.exe", b"MZ\x00"), File("b.svg", b"<svg/>"), File("c.png", PNG), File("d.txt", b"")])
    assert [type(file) for file in sorted_out.kept] == [KeptFile]
    assert sorted_out.left_out == "1 file was not kept: empty. 2 files were not kept: type not allowed."
    assert sort_out([File("c.png", PNG)]).left_out == ""
