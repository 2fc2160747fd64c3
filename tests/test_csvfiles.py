"""Files as shops have them: out of Excel, out of old systems, and out of somebody's hands."""

import csv
from pathlib import Path

import pytest

from feedback_service.csvfiles import LARGEST_FIELD, CsvError, RejectsFile, Row, RowError, Table, read_table, safe_cell

REQUIRED = ("id", "name")


def written(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "orders.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(folder: Path, content: str | bytes, encoding: str = "utf-8", **renamed: str) -> Table:
    return read_table(written(folder, content, encoding), REQUIRED, renamed)


def cells(table: Table) -> list[tuple[str, str]]:
    return [(row.text("id"), row.text("name")) for row in table.rows]


def said(folder: Path, content: str | bytes, **renamed: str) -> str:
    with pytest.raises(CsvError) as error:
        read(folder, content, **renamed)
    return str(error.value)


@pytest.mark.parametrize(
    ("encoding", "mark", "guessed"),
    [
        ("utf-8", b"", False),
        ("utf-8-sig", b"", False),
        ("utf-16", b"", False),
        ("utf-16-le", b"\xff\xfe", False),
        ("utf-16-be", b"\xfe\xff", False),
        ("utf-16-le", b"", False),
        ("utf-16-be", b"", False),
        ("cp1252", b"", True),
    ],
)
def test_whatever_excel_saved_comes_out_as_it_was(tmp_path: Path, encoding: str, mark: bytes, guessed: bool) -> None:
    text = "id,name\r\n1,João da Conceição\r\n2,Müller & Söhne\r\n"
    table = read(tmp_path, mark + text.encode(encoding))
    assert cells(table) == [("1", "João da Conceição"), ("2", "Müller & Söhne")]
    assert table.guessed == guessed


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,name\n1,Café – “ótimo” €5\n", "cp1252"),
        ("id,name\n1,Łucja i Świętosława; paczka dotarła za późno\n2,Żaneta Kołodziejczyk, Gdańsk\n", "cp1250"),
        ("id,name\n1,Анна Иванова\n2,Посылка пришла поздно\n", "cp1251"),
        ("id,name\n1,山田太郎\n2,とても良い店でした\n", "shift_jis"),
    ],
)
def test_old_encodings_are_guessed_and_the_guess_is_told(tmp_path: Path, text: str, encoding: str) -> None:
    table = read(tmp_path, text, encoding)
    assert table.rows[0].cells["name"] == next(csv.reader(text.splitlines()[1:]))[1]
    assert table.guessed
    assert table.encoding == encoding


def test_a_wrong_guess_can_be_overruled(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\n1,Łódź\n", "cp1250")
    assert cells(read_table(path, REQUIRED, {}, encoding="cp1250")) == [("1", "Łódź")]


@pytest.mark.parametrize("encoding", ["klingon", "base64"])
def test_an_encoding_that_is_none_is_named(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "id,name\n1,x\n")
    with pytest.raises(CsvError, match=f"There is no encoding {encoding}"):
        read_table(path, REQUIRED, {}, encoding=encoding)


def test_a_chosen_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\n1,João\n", "cp1252")
    with pytest.raises(CsvError, match="is not written in utf-8 throughout"):
        read_table(path, REQUIRED, {}, encoding="utf-8")


def test_one_broken_letter_does_not_turn_all_others_into_rubbish(tmp_path: Path) -> None:
    content = "id,name\n1,João\n2,Conceição\n3,Jo".encode() + b"\xe3o\n"
    assert "line 4: one letter is not UTF-8" in said(tmp_path, content)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_heading(tmp_path: Path, separator: str) -> None:
    table = read(tmp_path, separator.join(["id", "name"]) + "\n" + separator.join(["1", '"Ana, Bo; Zé | a"']) + "\n")
    assert cells(table) == [("1", "Ana, Bo; Zé | a")]
    assert table.separator == separator


def test_separators_inside_a_quoted_heading_do_not_count(tmp_path: Path) -> None:
    assert cells(read(tmp_path, 'id;name;"a, b, c, d"\n1;Ana;x\n')) == [("1", "Ana")]


def test_excels_own_line_about_the_separator_is_no_heading(tmp_path: Path) -> None:
    table = read(tmp_path, "sep=;\r\nid;name\r\n1;Ana\r\n")
    assert cells(table) == [("1", "Ana")]
    assert table.rows[0].line == 3


def test_line_breaks_in_quoted_cells_belong_to_the_cell_and_lines_are_counted_as_an_editor_shows_them(
    tmp_path: Path,
) -> None:
    table = read(tmp_path, 'id,name\r\n1,"Ana\r\nSouza"\r\n\r\n2,Bo\r\n')
    assert [(row.line, row.cells["name"]) for row in table.rows] == [(2, "Ana\r\nSouza"), (5, "Bo")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_will_do_and_the_last_may_be_missing(tmp_path: Path, ending: str) -> None:
    assert cells(read(tmp_path, ending.join(["id,name", "1,Ana", "2,Bo"]))) == [("1", "Ana"), ("2", "Bo")]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", " , \n"])
def test_an_empty_file_is_called_empty(tmp_path: Path, content: str) -> None:
    assert said(tmp_path, content) == "orders.csv is empty."


def test_a_file_with_only_a_heading_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, "id,name\n").rows == []


def test_blank_lines_before_the_heading_are_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, "\n\nid,name\n1,Ana\n").rows[0].line == 4


def test_a_heading_that_stands_twice_is_refused(tmp_path: Path) -> None:
    assert said(tmp_path, "id,name,name\n1,a,b\n") == "orders.csv has the column 'name' more than once."


def test_columns_without_a_heading_do_not_matter(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "id,name,,\n1,Ana,,\n")) == [("1", "Ana")]


def test_a_missing_column_is_named_with_the_way_out(tmp_path: Path) -> None:
    sentence = said(tmp_path, "number,name\n1,Ana\n")
    assert sentence == (
        "orders.csv has no column id. Its columns are number, name; name another heading with --map id=HEADING."
    )


def test_another_heading_can_be_mapped(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "Order number,name\n1,Ana\n", id="Order number")) == [("1", "Ana")]


def test_a_map_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    assert "has no column 'Number', which --map gives for id" in said(tmp_path, "id,name\n1,a\n", id="Number")
    assert "gives one heading for two columns" in said(tmp_path, "x,y\n1,a\n", id="x", name="x")


def test_a_map_to_a_column_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name,Mail\n1,a,b\n")
    with pytest.raises(CsvError, match="there is no column e-mail"):
        read_table(path, REQUIRED, {"e-mail": "Mail"}, known=lambda name: name in {"id", "name", "email"})


def test_headings_that_nobody_reads_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "line,reason,id,name,e-mail\n2,x,1,a,b\n")
    assert read_table(path, REQUIRED, {}, known=REQUIRED.__contains__).unread == ["e-mail"]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_rest(tmp_path: Path) -> None:
    assert said(tmp_path, 'id,name\n1,Ana\n2,"Bo\n3,Zé\n4,Li\n') == (
        "orders.csv, line 3: a quotation mark is opened there and never closed."
    )
    assert "line 1" in said(tmp_path, 'id,"name\n1,Ana\n')


def test_a_cell_beyond_all_measure_is_a_lost_quotation_mark(tmp_path: Path) -> None:
    assert "line 2: field larger than" in said(tmp_path, f'id,name\n1,"{"x" * (LARGEST_FIELD + 1)}"\n')


def test_a_row_with_too_many_cells_says_so_when_it_is_taken(tmp_path: Path) -> None:
    good, shifted = read(tmp_path, "id,name\n1,Ana,,\n2,Bo,12,50\n").rows
    good.check_width()
    with pytest.raises(RowError, match="the row has 4 cells and the heading 2"):
        shifted.check_width()


def test_a_row_with_too_few_cells_has_empty_ones(tmp_path: Path) -> None:
    row = read(tmp_path, "id,name\n1\n").rows[0]
    assert row.text("name") == ""
    with pytest.raises(RowError, match="name is empty; every row needs it"):
        row.required("name")


def test_nul_is_no_text(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "id,name\n1,A\0na\n")) == [("1", "Ana")]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match=r"gone\.csv cannot be read: No such file"):
        read_table(tmp_path / "gone.csv", REQUIRED, {})


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1"])
def test_no_cell_starts_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_other_cells_stay_as_they_are() -> None:
    assert [safe_cell(text) for text in ("", "a=b", "12.50", "'quoted'")] == ["", "a=b", "12.50", "'quoted'"]


def test_refused_rows_lie_in_a_file_that_can_be_mended_and_imported_again(tmp_path: Path) -> None:
    table = read(tmp_path, "id;name\n=cmd|' /C calc'!A0;-5\n2;Bo\n")
    rejects = RejectsFile(tmp_path / "rejects.csv", table.heading, table.separator)
    rejects.add(table.rows[0], "=no reason")
    rejects.close()
    raw = rejects.path.read_text(encoding="utf-8-sig")
    assert raw.splitlines() == ["line;reason;id;name", "2;'=no reason;'=cmd|' /C calc'!A0;'-5"]
    again = read_table(rejects.path, REQUIRED, {})
    assert cells(again) == [("=cmd|' /C calc'!A0", "-5")]


def test_what_is_refused_a_second_time_gets_its_new_reason_and_no_second_pair_of_columns(tmp_path: Path) -> None:
    table = read(tmp_path, "line,reason,id,name\n7,an old reason,1,Ana\n")
    rejects = RejectsFile(tmp_path / "rejects.csv", table.heading, table.separator)
    rejects.add(table.rows[0], "a new reason")
    rejects.close()
    assert rejects.path.read_text(encoding="utf-8-sig").splitlines() == ["line,reason,id,name", "2,a new reason,1,Ana"]


def test_a_heading_that_is_a_formula_is_none_in_the_rejects(tmp_path: Path) -> None:
    rejects = RejectsFile(tmp_path / "rejects.csv", ["id", "=name"])
    rejects.add(Row(2, {}, ["1", "Ana"]), "why")
    rejects.close()
    assert "'=name" in rejects.path.read_text(encoding="utf-8-sig")


def test_without_refusals_there_is_no_file(tmp_path: Path) -> None:
    rejects = RejectsFile(tmp_path / "rejects.csv", ["id"])
    rejects.close()
    assert not rejects.path.exists()


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    rejects = RejectsFile(tmp_path / "nowhere" / "rejects.csv", ["id"])
    with pytest.raises(CsvError, match=r"rejects\.csv cannot be written: No such file"):
        rejects.add(Row(2, {}, ["1"]), "why")


def test_rows_of_empty_cells_count_where_they_are_wanted(tmp_path: Path) -> None:
    path = written(tmp_path, 'name\nAna\n""\n\n" "\nBen\n')
    assert [row.text("name") for row in read_table(path, (), {}).rows] == ["Ana", "Ben"]
    wanted = read_table(path, (), {}, blank_rows=True).rows
    assert [row.original for row in wanted] == [["Ana"], [""], [" "], ["Ben"]]
