"""Words of safety, law or threat are found in every shipped language, and ordinary complaints are none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.paths import SURVEYS
from feedback_service.sentiment.safety import (
    KIND_WORDS,
    SafetyFileError,
    SafetyKind,
    read_safety,
    shipped_safety,
)

K = SafetyKind
SHIPPED = ("en", "es", "fr", "de", "pt-BR", "ar")


def alerts(text: str) -> tuple[SafetyKind, ...]:
    return shipped_safety().alerts([text])


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("The kettle caught fire and my son got hurt.", K.INJURY),
        ("Se rompió y me corté el dedo.", K.INJURY),
        ("La lampe a explosé, nous étions à l'hôpital.", K.INJURY),
        ("Ich habe einen Stromschlag bekommen.", K.INJURY),
        ("Minha filha se machucou com a tampa.", K.INJURY),
        ("ذهبنا إلى المستشفى", K.INJURY),
        ("My daughter is ALLERGIC to nuts!", K.ALLERGY),
        ("Me dio una reacción alérgica.", K.ALLERGY),
        ("J'ai fait une allergie.", K.ALLERGY),
        ("Davon bekam ich Hautausschlag.", K.ALLERGY),
        ("Tive uma reação alérgica.", K.ALLERGY),
        ("عندي حساسية من المنتج", K.ALLERGY),
        ("You will hear from my lawyer.", K.LAW),
        ("Hablaré con mi abogado.", K.LAW),
        ("Mon avocat vous écrira.", K.LAW),
        ("Ich gehe zum Rechtsanwalt.", K.LAW),
        ("Vou no Procon e na justiça.", K.LAW),
        ("سأتصل بالمحامي", K.LAW),
        ("I am going to the press with this.", K.PRESS),
        ("Voy a contarlo a la prensa.", K.PRESS),
        ("J'en parlerai à un journaliste.", K.PRESS),
        ("Das wird die Presse interessieren.", K.PRESS),
        ("Vou contar para a imprensa.", K.PRESS),
        ("سأخبر الصحافة", K.PRESS),
        ("I know where you live.", K.THREAT),
        ("Te voy a matar.", K.THREAT),
        ("Vous allez le regretter.", K.THREAT),
        ("Ihr werdet es bereuen.", K.THREAT),
        ("Vocês vão se arrepender.", K.THREAT),
        ("سأقتلكم", K.THREAT),
        ("I want to kill\nmyself.", K.SELF_HARM),
        ("Ya no quiero vivir.", K.SELF_HARM),
        ("J'ai envie de mourir.", K.SELF_HARM),
        ("Ich will nicht mehr leben.", K.SELF_HARM),
        ("Quero morrer.", K.SELF_HARM),
        ("أريد أن أموت", K.SELF_HARM),
    ],
)
def test_what_cannot_wait_is_found(said: str, kind: SafetyKind) -> None:
    assert kind in alerts(said)


@pytest.mark.parametrize(
    "said",
    [
        "Press the button twice and it works.",
        "To die for!",
        "Sue was lovely, and the hospitality great.",
        "A bath bomb and a hypoallergenic pillow.",
        "It came wrapped in newspaper.",
        "Never received my order. Terrible, I want my money back.",
        "Das Gericht war lecker, aber kalt.",
        "La sangría estaba muy buena.",
        "Les avocats étaient mûrs.",
        "Vocês vão processar o pedido amanhã?",
        "",
    ],
)
def test_an_ordinary_comment_waits_its_turn(said: str) -> None:
    assert alerts(said) == ()


def test_the_gravest_comes_first_and_each_once() -> None:
    said = "My lawyer hears, I go to the press: my hand was hurt, I cut my hand. I want to die."
    assert alerts(said) == (K.SELF_HARM, K.INJURY, K.LAW, K.PRESS)


def test_every_kind_has_words_in_every_shipped_language() -> None:
    assert set(shipped_safety().books) == set(SHIPPED)
    assert set(KIND_WORDS) == set(SafetyKind)


def test_several_texts_are_read_and_a_long_one_to_its_end() -> None:
    assert shipped_safety().alerts(["Fine.", "x " * 20_000 + "my lawyer"]) == (K.LAW,)
    for filler in (4_790, 4_795, 4_800, 4_990, 4_999):
        assert alerts("x" * filler + " going to the press") == (K.PRESS,), filler


@given(st.text())
def test_no_text_raises(text: str) -> None:
    alerts(text)


def test_a_shop_may_have_words_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "safety.toml").write_text('[law]\nen = "chargeback, small claims"\n', encoding="utf-8")
    ours = read_safety(tmp_path)
    assert ours.alerts(["I asked for a chargeback."]) == (K.LAW,)
    assert ours.alerts(["my lawyer"]) == ()


def test_a_shop_without_the_file_has_the_shipped_words(tmp_path: Path) -> None:
    assert read_safety(tmp_path) is shipped_safety()
    assert (SURVEYS / "safety.toml").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[injury]\nen = 3\n", "injury.en: must be text between quotes"),
        ('[danger]\nen = "fire"\n', "danger: is none of self_harm, injury"),
        ('[law]\nxx-YY-zz = "law"\n', "xx-YY-zz is no language"),
        ('[law]\nen = "a*"\n', "law.en: “a*” needs at least"),
        ("[law\n", "is no TOML"),
        ('law = "x"\n', "must be a table by language"),
    ],
)
def test_a_broken_file_is_refused_with_its_fault(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "safety.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SafetyFileError, match=r"safety\.toml") as refused:
        read_safety(tmp_path)
    assert said in str(refused.value)
