"""Single words and faces that a general lexicon does not know, or misreads after a purchase.

Weights are polarities from −1 (complaint) to 1 (praise), set by hand in steps a reader can argue with:
0.3 a hint, 0.5 an opinion, 0.7 a clear fact, 0.9 an outburst.
"""


def word_set(text: str) -> frozenset[str]:
    """The words of ``text``, which may run over several lines."""
    return frozenset(text.split())


def _by_word(groups: dict[float, str]) -> dict[str, float]:
    return {word: weight for weight, text in groups.items() for word in text.split()}


# Words that turn the next opinion round. Contractions have been spelled out before they are looked up.
NEGATORS = word_set("not no never without nothing none nobody neither nor hardly barely scarcely rarely nowhere")

# After one of these a new thought begins, which an earlier "not" no longer reaches.
SCOPE_ENDS = word_set("and but however because although though while when if until after then")

# What comes after the last of these is what the writer wants remembered.
CONTRASTS = word_set("but however")

# In the lexicon an opinion; in a shop a size, a colour, a quantity, a place in a list, or half of an idiom.
NOT_OPINIONS = word_set(
    """
    able above action actual actually adult american appropriate average back base big bigger black blue
    brown center certain certainly chicken classic clearly cold common complete completed completely
    confirm confirmed current cutting daily dark different digital directly double down due early entire
    exactly expected experienced extra far few first fly flying french full further future game general
    generally greater green half hard heavy high higher hot initial instead just key large larger last
    latest least left less light likely little live local long longer main major many mean medium middle
    mobile more most mostly much near nearly necessary new next normal number obviously old online only
    open original other over overall own particular past personal physical plain present previous
    private public ready real recent red regular related right round same second serious several short
    single sky small social soft sort sound special specific straight subject such sure technical thick
    thin tight tiny top total true usual usually various very wet white whole wide wooden yellow yes
    young
    """
)

# No opinions either, yet left to the lexicon, where they strengthen the word that follows.
INTENSIFIERS = word_set(
    "really absolutely exceptionally extremely fairly highly incredibly particularly surprisingly truly"
)

WORDS: dict[str, float] = _by_word(
    {
        0.9: """
            amazing fabulous fantastic superb terrific
        """,
        0.8: """
            delighted loved loves loving thrilled
        """,
        0.6: """
            affordable convenient courteous durable ease efficient flawless flawlessly helpful
            intuitive knowledgeable polite prompt promptly punctual recommend recommended
            recommending reliable seamless sturdy trustworthy
        """,
        0.5: """
            comfy dependable lightweight robust sleek speedy versatile
        """,
        0.4: """
            bargain cheaper fast faster favourite gem grateful inexpensive kudos praise quick
            quickly quiet simple smooth smoothly solid thank thanks thankyou thx
        """,
        0.3: """
            fits helped helps solved works
        """,
        0.05: """
            ok okay
        """,
        -0.3: """
            cheap cheaply confusing limited loud
        """,
        -0.4: """
            late
        """,
        -0.5: """
            blurry buggy bugs bulky bummer canceled cancelled clunky complain complaint complaints
            costly crash crashed crashes crashing cumbersome delay delayed delays dented disappeared
            disorganised disorganized downside drawback drawbacks empty error errors expired fault
            faults flimsy forgot forgotten freezes glitch glitches hassle inadequate inconsistent
            incorrect issue issues lack lacked lacking lacks laggy misleading noisy overpriced
            pricey problem problems regret regrets scratched scratches slower sluggish struggle
            struggled stuck trouble troubles worn
        """,
        -0.6: """
            breaks broke broken disappoint disappointment disappoints fail failed failing fails
            impossible incomplete lost mislabelled missing refuse refused refuses unable unhelpful
            unreliable wrong
        """,
        -0.7: """
            angry annoyed ashamed cracked damaged defective dissatisfied faulty frustrated
            frustrating furious ignored ignoring leaked leaking poor poorly rude slow slowly stained
            sucks torn unhappy unprofessional unresponsive upset useless worse
        """,
        -0.8: """
            avoid cheated cheats crappy deceptive dishonest dreadful garbage junk lied lies
            overcharged rubbish shoddy trash
        """,
        -0.9: """
            appalling disgrace disgraceful fraud fraudulent liars nightmare pathetic ripoff scam
            scammed scammers thieves unacceptable
        """,
    }
)

# Words that are a complaint once negated, and most of them nothing before: "arrived", "never arrived".
NEGATED_WORDS: dict[str, float] = _by_word(
    {
        -0.5: """
            charge communication contact explanation include included information instructions match
            matched matches turn update
        """,
        -0.6: """
            answer answered answers bother buy care cares enjoy fit fits fix fixed function happy
            help helped helps like liked load loads open order paid pleased purchase recommend
            refund refunded reimbursed replaced replacement replied reply resolve resolved respond
            responded response return satisfied solve solved trust work worked working works worth
            worthwhile
        """,
        -0.7: """
            arrive arrived arrives came come deliver delivered delivers dispatched get got receive
            received sent shipped
        """,
    }
)

FACES: dict[str, float] = {
    **dict.fromkeys("😀😃😄😁😊🙂☺😌🤗👌👏🙌💪🎉✨🌟⭐✅", 0.6),
    **dict.fromkeys("😍🥰😘🤩❤♥💕💖💙💚💛💜🧡💯👍🔥😻", 0.8),
    **dict.fromkeys("😐😑🤔😬🤷", -0.1),
    **dict.fromkeys("🙁☹😕😟😞😔😒🙄😩😫😖😓😥❌👎", -0.6),
    **dict.fromkeys("😡😠🤬😤💔😢😭🤮🤢💩🖕", -0.8),
    **dict.fromkeys([":)", ":-)", ":d", ":-d", "=)", ":]"], 0.6),
    **dict.fromkeys([";)", ";-)", ":p", ":-p"], 0.3),
    **dict.fromkeys([":(", ":-(", ":'(", "=(", ":["], -0.6),
    **dict.fromkeys([":/", ":-/", ":\\"], -0.3),
    "<3": 0.8,
}
