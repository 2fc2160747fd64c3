"""Invented buyers: names that fit the language, addresses nobody owns."""

import random
import unicodedata
from dataclasses import dataclass

from feedback_service.demo.catalogue import REGIONS, Region


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split("|"))


FIRST_EN = _names(
    "Aoife|Ciara|Niamh|Orla|Saoirse|Róisín|Sinéad|Gráinne|Eimear|Deirdre|Maeve|Fiona|Emma|Sarah|Rachel|Laura|Hannah"
    "|Claire|Jessica|Olivia|Sophie|Grace|Amelia|Charlotte|Ruth|Nora|Helen|Alice|Beth|Joanna|Priya|Anika|Femke"
    "|Sanne|Lotte|Marieke|Anouk|Ingrid|Conor|Oisín|Seán|Cillian|Darragh|Eoin|Fergal|Liam|Pádraig|Ronan|Declan|James"
    "|Thomas|Daniel|Jack|Oliver|Henry|Samuel|Adam|Luke|Peter|George|Martin|Simon|Colin|Neil|Imran|Kwame|Joost|Bram"
    "|Daan|Ruben|Pieter|Thijs|Sander|Marcin|Tomasz"
)
LAST_EN = _names(
    "Byrne|Kelly|Murphy|O'Brien|O'Sullivan|Walsh|Ryan|Doyle|McCarthy|Gallagher|Doherty|Kennedy|Lynch|Murray|Quinn"
    "|Moore|Nolan|Brennan|Keane|Fitzgerald|Healy|Shaw|Barker|Whitfield|Turner|Harris|Clarke|Wright|Hughes|Morgan"
    "|Bennett|Foster|Palmer|Hayes|Reid|Grant|Fraser|Holloway|Pearce|Lawson|Okafor|Mensah|Sharma|Patel|Rahman"
    "|de Vries|Bakker|van Dijk|Visser|Smit|Mulder|de Boer|Hendriks|Dekker|Kuiper|van Leeuwen|Jansen|Nowak|Kowalski"
)
WOMEN_PT = _names(
    "Ana|Beatriz|Camila|Carolina|Daniela|Eduarda|Fernanda|Gabriela|Helena|Isabela|Juliana|Larissa|Letícia|Luana"
    "|Luciana|Mariana|Natália|Patrícia|Rafaela|Renata|Sabrina|Tatiana|Vanessa|Viviane"
)
MEN_PT = _names(
    "Antônio|Bruno|Caio|Carlos|Diego|Eduardo|Felipe|Fábio|Guilherme|Gustavo|Henrique|Igor|João|José|Leandro|Leonardo"
    "|Lucas|Marcelo|Mateus|Murilo|Otávio|Paulo|Rafael|Rodrigo|Thiago|Vinícius"
)
LAST_PT = _names(
    "Silva|Santos|Oliveira|Souza|Lima|Pereira|Ferreira|Costa|Rodrigues|Almeida|Nascimento|Carvalho|Araújo|Ribeiro"
    "|Barbosa|Rocha|Dias|Moreira|Nunes|Mendes|Freitas|Cardoso|Teixeira|Moraes|Correia|Pinto|Monteiro|Campos|Batista"
    "|Fonseca|Machado|Vieira|Duarte|Sampaio|de Paula|da Cunha|Tavares|Peixoto|Queiroz|Assunção"
)
DOMAINS = ("example.com", "example.org", "example.net")

BIG_SPENDERS = 0.015


@dataclass(frozen=True)
class Buyer:
    """One person; `warmth` shifts every score they give, `keenness` how readily they answer at all."""

    customer_id: str
    name: str
    email: str
    locale: str
    time_zone: str
    region: Region
    warmth: float
    keenness: float
    big: bool

    @property
    def feminine(self) -> bool:
        """Whether Portuguese adjectives about this buyer end in -a."""
        return self.name.split()[0] in WOMEN_PT


def make_buyers(rng: random.Random, count: int) -> list[Buyer]:
    """`count` buyers with unique ids and addresses, in the order in which they first buy."""
    taken: set[str] = set()
    return [_make_buyer(rng, number, taken) for number in range(1, count + 1)]


def _make_buyer(rng: random.Random, number: int, taken: set[str]) -> Buyer:
    region = rng.choices(REGIONS, [region.weight for region in REGIONS])[0]
    portuguese = rng.random() < region.portuguese
    first = rng.choice(WOMEN_PT + MEN_PT if portuguese else FIRST_EN)
    last = rng.choice(LAST_PT if portuguese else LAST_EN)
    return Buyer(
        customer_id=f"C-{number:05d}",
        name=f"{first} {last}",
        email=_address(rng, first, last, taken),
        locale="pt-BR" if portuguese else "en",
        time_zone=pick(rng, region.zones),
        region=region,
        warmth=rng.gauss(0, 0.7),
        keenness=rng.gauss(0, 0.12),
        big=rng.random() < BIG_SPENDERS,
    )


def pick(rng: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    """One of the names, as often as its weight says."""
    return rng.choices([name for name, _ in weighted], [weight for _, weight in weighted])[0]


def _address(rng: random.Random, first: str, last: str, taken: set[str]) -> str:
    """An address as people make them up, in a domain reserved for examples (RFC 2606)."""
    given, family = plain(first), plain(last)
    local = rng.choice((f"{given}.{family}", f"{given[0]}{family}", f"{given}{family}", f"{family}.{given}"))
    domain = rng.choice(DOMAINS)
    address, number = f"{local}@{domain}", 1
    while address in taken:
        number += 1
        address = f"{local}{number}@{domain}"
    taken.add(address)
    return address


def plain(name: str) -> str:
    """The name in small ASCII letters only, as mailbox names mostly are."""
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalpha())
