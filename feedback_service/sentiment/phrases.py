"""What buyers say in several words: facts of a delivery, verdicts on goods, idioms that mislead a lexicon.

In a phrase ``a|b`` stands for either word. Weights are as in ``vocabulary``; 0 means that the words say nothing.
"""

from itertools import product

_PHRASES: dict[str, float] = {
    # Delivery and money, told as plain facts.
    "still waiting": -0.7,
    "still not here": -0.7,
    "been waiting": -0.5,
    "where is|are my|our": -0.7,
    "where is|are the order|parcel|package|refund": -0.7,
    "want|need|demand my money|refund": -0.7,
    "want|need|demand a refund": -0.7,
    "money back": -0.4,
    "arrived|came|delivered|was|were late": -0.6,
    "days|weeks|hours|day|week|hour late": -0.6,
    "too late": -0.6,
    "late delivery": -0.6,
    "broken|damaged on arrival": -0.8,
    "arrived|came broken|damaged|smashed|cracked|faulty|scratched|open|opened|empty": -0.8,
    "dead|faulty on arrival": -0.8,
    "fell|falling|falls|came apart": -0.8,
    "stopped working": -0.8,
    "out of order": -0.6,
    "sent|received|got|delivered me the wrong": -0.7,
    "sent|received|got|delivered the|a wrong": -0.7,
    "wrong size|item|colour|color|product|order|address": -0.7,
    "charged me twice": -0.8,
    "charged twice": -0.8,
    "sent it back": -0.5,
    "sent back": -0.4,
    "returned it": -0.4,
    "waste of time|money": -0.8,
    "wasted my time|money": -0.8,
    "rip off": -0.8,
    "ripped off": -0.8,
    "stay|steer|keep away|clear": -0.8,
    "no longer works|work|working": -0.7,
    "on hold": -0.4,
    "took|takes|taking forever|ages": -0.6,
    "could|should be|have better|improved|quicker|faster|easier|nicer|clearer": -0.3,
    "could|should have been better|improved|quicker|faster|easier|nicer|clearer": -0.4,
    "needs improvement|work|improving": -0.4,
    "cheap quality|plastic|material|materials|feeling|looking": -0.6,
    "looks|feels|felt|looked|seems cheap": -0.6,
    "too small|big|tight|large|short|long|thin|thick|heavy|light|loud|dark|hot|cold|soft|hard|slow": -0.5,
    "too expensive|complicated|difficult|weak|cheap|often|few|little|much|many": -0.5,
    "arrived|came|delivered|received early": 0.6,
    "ahead of schedule|time": 0.6,
    "in|on good|perfect time": 0.6,
    "on time": 0.5,
    "next day delivery": 0.4,
    "arrived|came|delivered next day": 0.5,
    "arrived|came|delivered the next day": 0.5,
    "exactly as described|advertised|expected|pictured|shown": 0.7,
    "as described|advertised|pictured|promised": 0.5,
    "as expected": 0.3,
    "exactly what i wanted|needed|ordered|expected": 0.7,
    "just what i wanted|needed|ordered": 0.7,
    "exceeded my|our|all|expectations": 0.7,
    "well made|built|packed|packaged|designed|written|organised|organized": 0.6,
    "easy to use": 0.5,
    "i|we|really|also|do|did like": 0.4,
    "user friendly": 0.6,
    "hassle|trouble|problem|stress free": 0.6,
    "good value": 0.7,
    "value for money": 0.5,
    "worth it": 0.5,
    "worth the money|price|wait": 0.5,
    "cheap price|prices|flights|fares|deals|rates": 0.4,
    "buy|order|use|shop again": 0.6,
    "buy|order|shop from them|you|here again": 0.6,
    "will|would never buy|order|use|shop": -0.8,
    "five|5 star|stars": 0.8,
    "one|1|zero|0 star|stars": -0.8,
    "thumbs up": 0.6,
    "thumbs down": -0.6,
    # Negations that praise, which the scope of a "not" would get backwards.
    "could not be happier|better|easier|simpler|nicer": 0.8,
    "could not be more": 0.0,
    "can not wait to": 0.5,
    "not hesitate": 0.5,
    "could not ask|wish for more|better": 0.8,
    "can|could not fault": 0.7,
    "can|could not complain": 0.5,
    "can not praise|thank": 0.7,
    "never fails|failed to": 0.5,
    "never let me down": 0.7,
    "not|never disappoint|disappoints|disappointed|disappointing": 0.5,
    "nothing but": 0.0,
    "thanks for nothing": -0.7,
    "thank you for nothing": -0.7,
    "no need to": 0.0,
    # Idioms in which a word does not mean what the lexicon thinks.
    "not only|just": 0.0,
    "not to mention": 0.0,
    "no doubt|wonder|matter|idea": 0.0,
    "without a|any doubt": 0.0,
    "without doubt": 0.0,
    "never mind": 0.0,
    "why not": 0.0,
    "kind|sort of": 0.0,
    "what kind": 0.0,
    "as well": 0.0,
    "right now|away": 0.0,
    "would|i like to": 0.0,
    "would like": 0.0,
    "at best": -0.2,
    "best buy|before|time": 0.0,
    "in good condition|order|shape": 0.5,
    "customer service|care|support": 0.0,
    "used to be|work": -0.4,
}

_NEGATED_PHRASES: dict[str, float] = {
    "as described|advertised|pictured|promised": -0.7,
    "buy|order|use|shop again": -0.8,
    "on time": -0.7,
    "worth it": -0.6,
    "worth the money|price|wait": -0.6,
}


def _spelled_out(phrases: dict[str, float]) -> dict[tuple[str, ...], float]:
    """Every wording that the alternatives in ``phrases`` stand for, as a tuple of words."""
    return {
        wording: weight
        for phrase, weight in phrases.items()
        for wording in product(*(word.split("|") for word in phrase.split()))
    }


PHRASES: dict[tuple[str, ...], float] = _spelled_out(_PHRASES)
NEGATED_PHRASES: dict[str, float] = {" ".join(k): w for k, w in _spelled_out(_NEGATED_PHRASES).items()}
LENGTHS_BY_OPENER: dict[str, tuple[int, ...]] = {
    opener: tuple(sorted({len(wording) for wording in PHRASES if wording[0] == opener}, reverse=True))
    for opener in {wording[0] for wording in PHRASES}
}
"""How many words the phrases have that begin with a word, longest first: most words begin none."""
