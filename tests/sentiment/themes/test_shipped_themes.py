"""The themes that come along, tried on sentences as customers write them, in every language they are in."""

import pytest

from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_common_words
from feedback_service.sentiment.themes.match import find_themes
from feedback_service.sentiment.themes.taxonomy import shipped_themes

SAID = [
    ("en", "Never received my parcel, the courier left it somewhere else.", "delivery"),
    ("en", "Took ages, still waiting after three weeks", "speed"),
    ("en", "The fabric ripped the first time, really poorly made.", "product_quality"),
    ("en", "My size is always out of stock", "range"),
    ("en", "The box was crushed and badly packed", "packaging"),
    ("en", "Good value for money", "price"),
    ("en", "The discount code was refused", "discounts"),
    ("en", "I was charged twice on my credit card", "billing"),
    ("en", "Rude staff!", "staff"),
    ("en", "Could not get anyone on the phone", "phone"),
    ("en", "Too many e-mails", "email"),
    ("en", "Nobody kept me informed", "communication"),
    ("en", "The app crashes at checkout", "website"),
    ("en", "So easy and straightforward", "ease"),
    ("en", "I forgot my password and can't log in", "account"),
    ("en", "I want my money back, the refund never came", "returns"),
    ("en", "Total scam, they are thieves", "trust"),
    ("en", "Better than other shops", "competitors"),
    ("en", "The reviews are fake", "reviews"),
    ("en", "Would recommend to everyone", "overall"),
    ("es", "El paquete llegó tarde", "delivery"),
    ("es", "el paquete llegó muy tarde", "speed"),
    ("es", "Demasiado caro para lo que es", "price"),
    ("es", "La atencion al cliente es pésima", "staff"),
    ("es", "Quiero que me devuelvan el dinero", "returns"),
    ("es", "La web se bloquea al pagar", "website"),
    ("fr", "Colis jamais reçu", "delivery"),
    ("fr", "Le service client ne répond pas", "staff"),
    ("fr", "Trop cher", "price"),
    ("fr", "J’attends toujours mon remboursement", "returns"),
    ("fr", "L'appli plante sans cesse", "website"),
    ("de", "Das Päckchen kam nie an", "delivery"),
    ("de", "Lieferung zu spaet", "speed"),
    ("de", "Die Mitarbeiterin war sehr unfreundlich", "staff"),
    ("de", "Überteuert!", "price"),
    ("de", "Habe die Rückerstattung immer noch nicht", "returns"),
    ("de", "Karton total zerdrückt", "packaging"),
    ("pt-BR", "ainda nao recebi o produto", "delivery"),
    ("pt-BR", "Chegou antes do prazo", "speed"),
    ("pt-BR", "Produto de péssima qualidade, veio com defeito", "product_quality"),
    ("pt-BR", "Quero meu dinheiro de volta", "returns"),
    ("pt-BR", "Atendimento ruim, ninguém responde", "staff"),
    ("ar", "التوصيل بطيء جدا", "delivery"),
    ("ar", "والسعر غالي", "price"),
    ("ar", "خدمه العملاء ممتازة", "staff"),
    ("ar", "اريد استرجاع المبلغ", "returns"),
    ("ar", "التطبيق يعلق دائما", "website"),
    ("nl", "Pakketje nooit aangekomen", "delivery"),
    ("nl", "Veel te duur", "price"),
    ("nl", "Onvriendelijk personeel", "staff"),
    ("nl", "Nog steeds geen geld terug", "returns"),
]


@pytest.mark.parametrize(("language", "comment", "theme"), SAID)
def test_what_customers_say_is_understood(language: str, comment: str, theme: str) -> None:
    assert theme in [found.key for found in find_themes(comment, language, lambda _: -0.5)]


@pytest.mark.parametrize(
    ("comment", "not_this"),
    [
        ("In return I got a smile", "returns"),
        ("At first I was not sure", "speed"),
        ("I read it on my phone", "phone"),
        ("As soon as it came I tried it on", "speed"),
        ("on the other hand it is loads of fun", "website"),
        ("my bank account", "account"),
    ],
)
def test_what_only_looks_like_a_theme_is_none(comment: str, not_this: str) -> None:
    assert not_this not in [found.key for found in find_themes(comment, "en", lambda _: 0.0)]


def test_every_theme_speaks_every_shipped_language() -> None:
    locales = set(read_common_words(SURVEYS))
    for theme in shipped_themes().themes.values():
        assert locales <= theme.titles.keys(), theme.key
        assert locales <= theme.phrases.keys(), theme.key


def test_titles_tell_themes_apart() -> None:
    for locale in shipped_themes().languages:
        titles = [theme.title(locale) for theme in shipped_themes().themes.values()]
        assert len(set(titles)) == len(titles)
